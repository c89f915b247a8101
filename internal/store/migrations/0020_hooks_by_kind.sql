-- +goose Up
-- How each kind of a side's records is announced: who ticked one topic in Omie's
-- screen and forgot another hears of the other's silence. heard 0: never; missed are
-- the changes found since that were not announced.
create table hooks_kinds (
    account text   not null,
    side    text   not null,
    kind    text   not null,
    heard   bigint not null,
    missed  bigint not null,
    primary key (account, side, kind),
    foreign key (account, side) references hooks (account, side) on delete cascade
);
alter table hooks drop column missed;

-- When the side was told to call the address by its API; 0: not that we know.
alter table hooks add column registered bigint not null default 0;

-- Coverage by kind. It is told of seven days and was counted of all kinds together:
-- it begins anew.
drop table coverage;
create table coverage (
    account   text   not null references accounts (account) on delete cascade,
    side      text   not null,
    kind      text   not null,
    day       text   not null,
    found     bigint not null,
    announced bigint not null,
    primary key (account, side, kind, day)
);
