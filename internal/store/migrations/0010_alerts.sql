-- +goose Up
-- What was found wrong with an account, from when until when. gone: since when it
-- was found no more, 0 while it is; it has ended once that lasted.
create table alerts (
    account text   not null references accounts (account) on delete cascade,
    seq     bigint not null,
    rule    text   not null check (rule <> ''),
    about   text   not null,
    title   text   not null,
    said    text   not null,
    began   bigint not null,
    gone    bigint not null,
    ended   bigint not null,
    primary key (account, seq)
);
create unique index alerts_open on alerts (account, rule, about) where ended = 0;

-- Each message to one receiver, written before it is sent, under a key that exists once.
create table messages (
    account  text   not null references accounts (account) on delete cascade,
    seq      bigint not null,
    key      text   not null check (key <> ''),
    channel  text   not null check (channel in ('email', 'webhook')),
    receiver text   not null,
    subject  text   not null,
    body     text   not null,
    state    text   not null check (state in ('due', 'sending', 'sent', 'failed')),
    attempts bigint not null,
    made     bigint not null,
    tried    bigint not null,
    settled  bigint not null,
    said     text   not null,
    primary key (account, seq),
    unique (account, key)
);
create index messages_by_state on messages (account, state);
