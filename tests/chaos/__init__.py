"""The service under blows: killed processes, a database that goes and comes, full disks, floods. Real processes only."""
