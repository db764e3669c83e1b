// Command panel_queries runs the queries of dashboards over HTTP as Grafana's ClickHouse plugin
// 4.14 does: with its release of clickhouse-go, its options, database/sql, and every row read.
//
// Usage: panel_queries ADDRESS DATABASE < QUERIES
//
// QUERIES is a JSON object of SQL by name. Prints a JSON object of results by name: how many rows,
// the columns with their types, and the error if there was one.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type result struct {
	Rows    int      `json:"rows"`
	Columns []column `json:"columns"`
	Error   string   `json:"error"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address string, database string) error {
	queries := map[string]string{}
	if err := json.NewDecoder(os.Stdin).Decode(&queries); err != nil {
		return err
	}
	db := clickhouse.OpenDB(&clickhouse.Options{
		Addr:        []string{address},
		Auth:        clickhouse.Auth{Database: database},
		Protocol:    clickhouse.HTTP,
		Compression: &clickhouse.Compression{Method: clickhouse.CompressionGZIP},
		DialTimeout: 10 * time.Second,
		ReadTimeout: 60 * time.Second,
		ClientInfo: clickhouse.ClientInfo{
			Products: []struct{ Name, Version string }{{"grafana", "11.0.0"}},
		},
	})
	defer db.Close()
	if err := db.Ping(); err != nil {
		return err
	}
	// The plugin tells who asks in a comment of every query.
	ctx := clickhouse.Context(context.Background(), clickhouse.WithClientInfo(
		clickhouse.ClientInfo{Comment: []string{"grafana_user:admin"}},
	))
	results := map[string]result{}
	for name, query := range queries {
		found, err := read(ctx, db, query)
		if err != nil {
			found.Error = err.Error()
		}
		results[name] = found
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}

func read(ctx context.Context, db *sql.DB, query string) (result, error) {
	found := result{}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return found, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return found, err
	}
	for _, kind := range types {
		found.Columns = append(found.Columns, column{kind.Name(), kind.DatabaseTypeName()})
	}
	for rows.Next() {
		values := make([]any, len(types))
		for index, kind := range types {
			values[index] = reflect.New(kind.ScanType()).Interface()
		}
		if err := rows.Scan(values...); err != nil {
			return found, err
		}
		found.Rows++
	}
	return found, rows.Err()
}
