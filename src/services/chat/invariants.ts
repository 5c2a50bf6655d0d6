/** What must hold in the database of chat at any instant. Each query returns the rows that offend; none is healthy. */
export const invariants = [
  {
    id: "chat.sequence_is_gapless",
    ko: "대화방마다 메시지 번호는 1부터 빠짐없이 이어진다 (H43)",
    en: "In each room messages stand at 1, 2, 3 … without a gap, up to the last one (H43)",
    sql: `select rooms.key, rooms.data ->> 'lastSeq' as last, said.first, said.highest, said.messages
      from chat.states rooms
      left join (select room_id, min(seq) as first, max(seq) as highest, count(*) as messages
        from chat.states where room_id is not null group by room_id) said on said.room_id = rooms.key
      where starts_with(rooms.key, 'rom_') and ((rooms.data ->> 'lastSeq')::bigint <> coalesce(said.messages, 0)
        or said.messages is not null and (said.first <> 1 or said.highest <> said.messages))`,
  },
  {
    id: "chat.authors_are_members",
    ko: "모든 메시지는 그 방의 사람이 썼다 (J1)",
    en: "Every message was written by somebody of its room (J1)",
    sql: `select said.key, said.room_id, said.data ->> 'senderId' as sender
      from chat.states said left join chat.states rooms on rooms.key = said.room_id
      where said.room_id is not null and (rooms.key is null
        or said.data ->> 'senderId' not in (rooms.buyer_id, rooms.seller_id))`,
  },
  {
    id: "chat.messages_are_told",
    ko: "메시지마다 사실 하나, 사실마다 메시지 하나",
    en: "Each message was told once, at its place, and nothing was told that was not said",
    sql: `select coalesce(said.key, told.data ->> 'messageId') as message
      from (select key, room_id, seq from chat.states where room_id is not null) said
      full join (select stream, data from chat.facts where type = 'MessageSent') told
        on told.data ->> 'messageId' = said.key and told.stream = said.room_id
          and (told.data ->> 'seq')::bigint = said.seq
      where said.key is null or told.stream is null`,
  },
  {
    id: "chat.read_is_said",
    ko: "읽음 표시는 마지막 메시지를 넘지 않는다",
    en: "Nobody has read more than was said",
    sql: `select key, data -> 'read' as read, data ->> 'lastSeq' as last from chat.states
      where starts_with(key, 'rom_') and greatest((data -> 'read' ->> 'BUYER')::bigint,
        (data -> 'read' ->> 'SELLER')::bigint) > (data ->> 'lastSeq')::bigint`,
  },
  {
    id: "chat.facets_tell_the_row",
    ko: "찾을 때 보는 값 = 행의 값",
    en: "What rows are found by is what they say",
    sql: `select key, buyer_id, seller_id, last_at, room_id, seq, report_status, filed_at, typing_until from chat.states
      where (starts_with(key, 'rom_') and (data ->> 'buyerId', data ->> 'sellerId', data ->> 'lastMessageAt')
            is distinct from (buyer_id, seller_id, last_at))
        or (starts_with(key, 'msg_') and (data ->> 'roomId', (data ->> 'seq')::bigint) is distinct from (room_id, seq))
        or (starts_with(key, 'rpt_') and (data ->> 'status', data ->> 'filedAt')
            is distinct from (report_status, filed_at))
        or (starts_with(key, 'typing:') and data ->> 'until' is distinct from typing_until)`,
  },
] as const;
