# Writes OUTPUT: the page's style and script as C++ strings, with the SHA-256 digests that the page's
# policy names. Run at build: cmake -DASSETS=dir -DOUTPUT=file -P embed.cmake
file(READ ${ASSETS}/report.css css)
set(script "'use strict';(() => {\n")
foreach(part data view charts timeline page)
  file(READ ${ASSETS}/${part}.js text)
  string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")

# A string literal may hold 64 KiB in any compiler; pieces of 8,000 characters are joined by it.
function(literal name text)
  string(LENGTH "${text}" length)
  set(pieces "")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces "R\"~~~(${piece})~~~\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(SHA256 digest "${text}")
  set(result "inline constexpr char k${name}[] =\n${pieces};\ninline constexpr char k${name}Sha256[] = \"${digest}\";\n" PARENT_SCOPE)
endfunction()

literal(Css "${css}")
set(all "// Made from reports/assets by embed.cmake.\n#pragma once\nnamespace cleave {\n${result}")
literal(Script "${script}")
file(WRITE ${OUTPUT} "${all}${result}}  // namespace cleave\n")
