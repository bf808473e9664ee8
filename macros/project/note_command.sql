{#
Notes a dbt command that somebody starts himself and that makes tables, before it makes any: what it
makes is not published unchecked, whatever command comes after it. Goldthread records its own builds.
#}
{% macro note_command() %}
{% if execute and flags.WHICH != 'test' and not env_var('GOLDTHREAD_BUILDS', '') %}
create schema if not exists raw_goldthread;
create table if not exists raw_goldthread.dbt_commands (invocation_id {{ dbt.type_string() }});
insert into raw_goldthread.dbt_commands values ('{{ invocation_id }}');
{% endif %}
{% endmacro %}
