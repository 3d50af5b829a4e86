-- A sliding window per key: a hash of moments (µs) and how many hits were then, as the counters in memory keep it.
-- KEYS[1]: the key. ARGV: "hit" or "peek", most hits, window, now, width of a slot; times in µs.
-- Answers: allowed (1 or 0), how many more are, µs until the oldest hit is forgotten.
local most, window = tonumber(ARGV[2]), tonumber(ARGV[3])
local now, width = tonumber(ARGV[4]), tonumber(ARGV[5])
local slots = redis.call('HGETALL', KEYS[1])
local total, oldest, newest, gone = 0, nil, nil, {}
for i = 1, #slots, 2 do
  local at = tonumber(slots[i])
  if now - at >= window then
    gone[#gone + 1] = slots[i]
  else
    total = total + tonumber(slots[i + 1])
    if not oldest or at < oldest then oldest = at end
    if not newest or at > newest then newest = at end
  end
end
local allowed = total < most
if ARGV[1] == 'hit' and allowed then
  if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
  local slot = now
  if newest and now - newest < width then slot = newest end
  redis.call('HINCRBY', KEYS[1], string.format('%.0f', slot), 1)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(window / 1000) + 1000))
  total = total + 1
  oldest = oldest or now
end
local reset = 0
if oldest then reset = math.max(oldest + window - now, 0) end
return { allowed and 1 or 0, math.max(most - total, 0), reset }
