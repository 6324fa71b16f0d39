"""The steps of the outbox, each a script that the server runs whole or not at all; ``outbox`` alone calls them."""

# The rungs of a message into the inbox and the message into the outbox, or neither. Where some are there already it
# changes nothing and names them: the caller files what is left.
FILE = """
local known, new = {}, 0
for i = 5, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then known[#known + 1] = ARGV[i] else new = new + 1 end
end
if #known > 0 then return known end
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[1])
redis.call('XADD', KEYS[3], '*', 'subject', ARGV[2], 'message', ARGV[3])
return new
"""
# What is due by now, from the sorted set into the stream.
WAKE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, ticket in ipairs(due) do
  redis.call('ZREM', KEYS[1], ticket)
  redis.call('XADD', KEYS[2], '*', 'subject', string.sub(ticket, 1, 32), 'message', string.sub(ticket, 34))
end
return #due
"""
# The message, for one worker alone until its lease ends by the server's clock.
TAKE = """
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return 'gone' end
local now = redis.call('TIME')
local lease = redis.call('HGET', KEYS[1], 'c:' .. ARGV[1])
if lease then
  local till, by = string.match(lease, '^(%d+) (.*)$')
  if by ~= ARGV[2] and tonumber(till) > tonumber(now[1]) then return 'held' end
end
redis.call('HSET', KEYS[1], 'c:' .. ARGV[1], (now[1] + ARGV[3]) .. ' ' .. ARGV[2])
return {kept}
"""
# One more message of this week, unless there were as many as may be; a message counts once, by however many channels.
COUNT = """
local own, others = 'w:' .. ARGV[1], 0
local kept = redis.call('HGETALL', KEYS[1])
for i = 1, #kept, 2 do
  if string.sub(kept[i], 1, 2) == 'w:' then
    if kept[i] == own then return 1 end
    if kept[i + 1] == ARGV[2] then others = others + 1 else redis.call('HDEL', KEYS[1], kept[i]) end
  end
end
if others >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], own, ARGV[2])
return 1
"""
# What became of a ticket, all of it in one step, and only by the worker that holds the message.
SETTLE = """
local lease = redis.call('HGET', KEYS[1], 'c:' .. ARGV[1])
if not lease or string.match(lease, '^%d+ (.*)$') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], 'c:' .. ARGV[1])
if ARGV[6] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[6]) end
if ARGV[7] ~= '' then redis.call('ZADD', KEYS[3], ARGV[7], ARGV[3] .. ' ' .. ARGV[1]) end
if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[8], ARGV[9])
  redis.call('ZADD', KEYS[3], ARGV[10], ARGV[3] .. ' ' .. ARGV[8])
end
if ARGV[11] ~= '' then redis.call('HSET', KEYS[5], ARGV[11], ARGV[12]) end
for i = 13, #ARGV, 3 do
  redis.call('XADD', KEYS[4], '*', 'subject', ARGV[3], 'message', ARGV[1],
    'channel', ARGV[i], 'status', ARGV[i + 1], 'at', ARGV[i + 2])
end
redis.call('XACK', KEYS[2], ARGV[5], ARGV[4])
redis.call('XDEL', KEYS[2], ARGV[4])
return 1
"""
