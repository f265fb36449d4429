-- The user of the daemon in deploy/compose.yaml: it can read the sample company.
CREATE USER 'dangol'@'%' IDENTIFIED BY 'dangol';
GRANT SELECT ON sales.* TO 'dangol'@'%';
