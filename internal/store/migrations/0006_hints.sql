-- +goose Up
-- The hook of an account's side: the digest of its token, which is sealed in
-- secrets, and when it was last heard.
create table hooks (
    account text   not null references accounts (account) on delete cascade,
    side    text   not null check (side in ('auvo', 'omie')),
    digest  text   not null unique,
    made    bigint not null,
    heard   bigint not null,
    primary key (account, side)
);

-- What hooks said: read this record again. settled 0: nobody has yet.
create table hints (
    account  text    not null references accounts (account) on delete cascade,
    seq      bigint  not null,
    source   text    not null check (source in ('auvo', 'omie')),
    topic    text    not null,
    kind     text    not null,
    id       text    not null,
    feed     text    not null,
    gone     boolean not null,
    by_api   boolean not null,
    digest   text    not null,
    received bigint  not null,
    times    bigint  not null,
    run      text    not null,
    settled  bigint  not null,
    outcome  text    not null,
    primary key (account, seq)
);
create index hints_open on hints (account, seq) where settled = 0;
create index hints_by_digest on hints (account, source, digest);
create index hints_by_age on hints (account, received);

-- How many changes of a day were found, and how many of them a hook had announced.
create table coverage (
    account   text   not null references accounts (account) on delete cascade,
    side      text   not null,
    day       text   not null,
    found     bigint not null,
    announced bigint not null,
    primary key (account, side, day)
);
