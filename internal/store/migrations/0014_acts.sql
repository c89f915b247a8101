-- +goose Up
-- What people did, in one chain: each act's hash covers the one before it. It
-- refers to nothing, since it outlives the people and the accounts it names.
-- Nothing changes or deletes a row.
create table acts (
    seq     bigint not null primary key,
    at      bigint not null,
    account text   not null,
    person  text   not null check (person <> ''),
    by_name text   not null check (by_name <> ''),
    what    text   not null check (what <> ''),
    about   text   not null,
    said    text   not null check (said <> ''),
    fields  text   not null,
    hash    text   not null unique
);

-- One for each set of filters, so that every page is a walk along a key: acts are
-- written by hands, and looked for by auditors.
create index acts_by_account on acts (account, seq);
create index acts_by_person on acts (person, seq);
create index acts_by_what on acts (what, seq);
create index acts_by_account_person on acts (account, person, seq);
create index acts_by_account_what on acts (account, what, seq);
create index acts_by_person_what on acts (person, what, seq);
create index acts_by_all on acts (account, person, what, seq);

-- The end of the chain, in its only row.
create table acts_head (
    one  bigint not null primary key check (one = 1),
    seq  bigint not null,
    hash text   not null
);
