-- Commands to other actors are few among what is said; when COMMANDS is lost they must be found without reading all.
create index journal_commands on journal (partition, seq) where stream = 'COMMANDS';
