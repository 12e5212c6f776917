"""The ledger of projects (项目台账): a workbook with everything an office keeps, compared, taken over, exported."""
