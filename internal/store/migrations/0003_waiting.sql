-- +goose Up
-- What a person keeps out of sight outlives the wait's row: the same wait is made
-- anew by every decision. An ignore is about exactly one wait (waits.about).

create table ignores (
    account text   not null references accounts (account) on delete cascade,
    kind    text   not null,
    side    text   not null,
    id      text   not null,
    flow    text   not null,
    cause   text   not null,
    about   text   not null,
    until   bigint not null,
    why     text   not null,
    by_whom text   not null,
    at      bigint not null,
    primary key (account, kind, side, id, flow, cause, about)
);
create index ignores_by_until on ignores (account, until);

alter table waits add column about text not null default '';
alter table waits add column run text not null default '';

insert into ignores (account, kind, side, id, flow, cause, about, until, why, by_whom, at)
    select account, kind, side, id, flow, cause, '', max(ignored), max(why), '', max(since) from waits where ignored <> 0
    group by account, kind, side, id, flow, cause;

alter table waits drop column ignored;
alter table waits drop column why;

-- Each time that nobody knew whether a write was made: why, how it is found out,
-- and how it ended. A change may be unclear more than once.
create table unclear (
    account text   not null references accounts (account) on delete cascade,
    seq     bigint not null,
    change  bigint not null,
    method  text   not null,
    why     text   not null,
    since   bigint not null,
    how     text   not null,
    looked  bigint not null,
    last    bigint not null,
    found   text   not null,
    ended   bigint not null,
    ended_as text  not null,
    by_whom text   not null,
    primary key (account, seq)
);
create index unclear_by_change on unclear (account, change);
create index unclear_open on unclear (account, change) where ended = 0;
