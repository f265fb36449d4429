SELECT staff_no AS rep_id,
       name AS name,
       email AS email,
       boss_no AS manager_id,
       hired_on AS hired_on,
       grade AS level,
       CASE WHEN retired_on IS NULL THEN 1 ELSE 0 END AS active
FROM staff
WHERE department = 'sales'
