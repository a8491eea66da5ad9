#!/bin/sh
# A client of one Redis server for Cleave, in POSIX shell: redis-cli does the talking.
# Operations come on standard input, a line each, always in this form:
#   {"id":1,"f":"cas","key":"k0","value":[1,2],"timeout_ms":2000}
ip=$1 port=$2

swap='local value = redis.call("GET", KEYS[1]) or "null"
if value ~= ARGV[1] then return value end
redis.call("SET", KEYS[1], ARGV[2])
return "swapped"'

# What Redis says; status 1 where that is an error, 124 where it says nothing in time.
redis() { timeout 1.5 redis-cli -e -h "$ip" -p "$port" "$@" 2>&1; }

# answer FIELDS: what became of the operation.
answer() { printf '{"id":%s,%s}\n' "$id" "$1"; }

# The operation failed: did it certainly not happen?
failed() {
  case $1 in
    *"Could not connect"*) answer '"type":"fail","error":"connection-refused"' ;;
    LOADING*) answer '"type":"fail","error":"temporarily-unavailable"' ;;
    *) answer '"type":"info","error":"crash"' && printf '%s\n' "$1" >&2 ;;
  esac
}

while IFS= read -r line; do
  id=${line#*'"id":'} id=${id%%,*}
  f=${line#*'"f":"'} f=${f%%'"'*}
  key=${line#*'"key":"'} key=${key%%'"'*}
  value=${line#*'"value":'} value=${value%,'"timeout_ms"'*}
  case $f in
    read)
      if said=$(redis GET "$key"); then
        answer "\"type\":\"ok\",\"value\":${said:-null}"
      else
        failed "$said"
      fi
      ;;
    write)
      if said=$(redis SET "$key" "$value"); then answer '"type":"ok"'; else failed "$said"; fi
      ;;
    cas)
      old=${value#[} old=${old%%,*} new=${value##*,} new=${new%]}
      if ! said=$(redis EVAL "$swap" 1 "$key" "$old" "$new"); then
        failed "$said"
      elif [ "$said" = swapped ]; then
        answer '"type":"ok"'
      else
        answer "\"type\":\"fail\",\"error\":\"mismatch\",\"observed\":$said"
      fi
      ;;
  esac
done
