-- +goose Up
-- Personal data, and what is kept for a time.

-- Since when each raw payload is as it is: housekeeping drops those that are old. 0: none is kept.
alter table items add column raw_at bigint not null default 0;
update items set raw_at = coalesce((select max(started) from runs where runs.account = items.account), 1) where raw <> '';
create index items_by_raw_age on items (account, raw_at) where raw_at > 0;

-- The requests of data subjects to be erased, each written before anything of it is done.
-- It names nobody: whom it is about are the ids in erased. state: what is still to be
-- done; counts: what was (JSON). It outlives the account, as the acts do.
create table erasures (
    account text   not null,
    number  bigint not null check (number > 0),
    state   text   not null check (state in ('erasing', 'cleaning', 'done', 'lifted')),
    asked   bigint not null,
    done    bigint not null,
    lifted  bigint not null,
    counts  text   not null,
    primary key (account, number)
);

-- The vendors' ids of customers that are not taken in again. erasure: the request's number. They
-- outlive the account, which may be applied again.
create table erased (
    account text   not null,
    side    text   not null check (side in ('auvo', 'omie')),
    id      text   not null check (id <> ''),
    erasure bigint not null,
    primary key (account, side, id)
);
