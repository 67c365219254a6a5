// The entry @acme/schema/migration: for modules that `schema migrate` runs, and no browser. What is added here is promised.
export { defineMigration, type MigratedUser, type Migration, type UserToMigrate } from './define-migration.ts'
