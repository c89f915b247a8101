-- +goose Up
-- Roles per account: role '' is somebody who has a role for some accounts alone.
-- The column is made anew because its check did not know that; who is there
-- keeps the role, which is for all accounts.
alter table people add column everywhere text not null default '' check (everywhere in ('', 'administrator', 'operator', 'reader'));
update people set everywhere = role;
alter table people drop column role;
alter table people rename column everywhere to role;

-- Who they are to the provider of identities (its issuer and their number there);
-- '': they never came in by it.
alter table people add column subject text not null default '';

create table people_roles (
    person  text not null references people (id) on delete cascade,
    account text not null references accounts (account) on delete cascade,
    role    text not null check (role in ('administrator', 'operator', 'reader')),
    primary key (person, account)
);
create index people_roles_by_account on people_roles (account);

-- The second step at the door: a secret that both sides know, sealed. since is 0
-- until its person proved to have it; step is the newest code's that was used.
create table people_totp (
    person text   not null primary key references people (id) on delete cascade,
    sealed bytea  not null,
    since  bigint not null,
    step   bigint not null
);

-- Codes for who lost the device, each good once; only digests.
create table people_codes (
    person text not null references people (id) on delete cascade,
    digest text not null,
    primary key (person, digest)
);

-- A sign-in of which one step is done, or that went to the provider: digest is of
-- the token in that browser. It works once, for minutes, and opens nothing by itself.
create table passages (
    digest  text   not null primary key,
    kind    text   not null check (kind in ('code', 'provider', 'proof')),
    person  text   not null,
    target  text   not null,
    expires bigint not null
);

-- proven: when who sits there last showed who they are. owes: the session does
-- nothing but set the second step up.
alter table sessions add column proven bigint not null default 0;
alter table sessions add column owes boolean not null default false;

-- How the whole installation is set, by name.
create table installation (
    name  text not null primary key,
    value text not null
);
