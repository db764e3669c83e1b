// Command panel_queries runs the queries of dashboards over HTTP with the client that Grafana's
// ClickHouse plugin uses, and reads every row as the plugin does.
//
// Usage: panel_queries ADDRESS DATABASE < QUERIES
//
// QUERIES is a JSON object of SQL by name. Prints a JSON object of results by name: how many rows,
// the columns with their types, and the error if there was one.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
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
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr:        []string{address},
		Auth:        clickhouse.Auth{Database: database},
		Protocol:    clickhouse.HTTP,
		Compression: &clickhouse.Compression{Method: clickhouse.CompressionGZIP, Level: 3},
		Settings:    clickhouse.Settings{"enable_http_compression": 1},
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	results := map[string]result{}
	for name, query := range queries {
		found, err := read(conn, query)
		if err != nil {
			found.Error = err.Error()
		}
		results[name] = found
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}

func read(conn driver.Conn, query string) (result, error) {
	found := result{}
	rows, err := conn.Query(context.Background(), query)
	if err != nil {
		return found, err
	}
	defer rows.Close()
	types := rows.ColumnTypes()
	for index, kind := range types {
		found.Columns = append(found.Columns, column{rows.Columns()[index], kind.DatabaseTypeName()})
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
