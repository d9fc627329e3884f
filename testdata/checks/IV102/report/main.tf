# The account's root user, as the report has it.
