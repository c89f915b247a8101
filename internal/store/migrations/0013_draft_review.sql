-- +goose Up
-- The match review of an account that is being put together: the records that a dry
-- run read on both sides, which of them may be one, and what a person said of that.
-- number: the asking that found them (drafts_works). A pairing without one of its ids
-- is a record that is alone.
create table drafts_records (
    draft  text   not null references drafts (draft) on delete cascade,
    number bigint not null,
    kind   text   not null,
    side   text   not null,
    id     text   not null,
    title  text   not null,
    folded text   not null,
    fields text   not null,
    primary key (draft, number, kind, side, id)
);

create table drafts_pairs (
    draft   text   not null references drafts (draft) on delete cascade,
    number  bigint not null,
    kind    text   not null,
    level   text   not null,
    seq     bigint not null,
    auvo    text   not null,
    omie    text   not null,
    score   bigint not null,
    reasons text   not null,
    primary key (draft, number, kind, level, seq)
);
create index drafts_pairs_by_auvo on drafts_pairs (draft, number, kind, auvo);
create index drafts_pairs_by_omie on drafts_pairs (draft, number, kind, omie);

-- known: the first cycle would link them by itself; then nothing is compared anew.
create table drafts_choices (
    draft  text    not null references drafts (draft) on delete cascade,
    kind   text    not null,
    auvo   text    not null check (auvo <> ''),
    omie   text    not null check (omie <> ''),
    choice text    not null check (choice in ('main', 'site', 'apart')),
    known  boolean not null,
    by     text    not null,
    at     bigint  not null,
    primary key (draft, kind, auvo, omie)
);
create index drafts_choices_by_omie on drafts_choices (draft, kind, omie);

-- chosen counts what was said; reviewed: the asking whose pairs a person has looked at.
alter table drafts add column chosen bigint not null default 0;
alter table drafts add column reviewed bigint not null default 0;
