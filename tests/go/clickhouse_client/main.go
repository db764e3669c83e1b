// Command clickhouse_client runs queries over HTTP with the client that Grafana's ClickHouse plugin
// uses, and prints each row as a line of JSON.
//
// Usage: clickhouse_client [-compress METHOD] ADDRESS QUERY [QUERY ...]
//
// A query that begins with INSERT has no rows of its own: it gets three, (1, "a"), (2, "b"), (3, "c").
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

var methods = map[string]clickhouse.CompressionMethod{
	"none":    clickhouse.CompressionNone,
	"gzip":    clickhouse.CompressionGZIP,
	"deflate": clickhouse.CompressionDeflate,
}

func main() {
	method := flag.String("compress", "none", "none, gzip or deflate")
	flag.Parse()
	if err := run(flag.Arg(0), methods[*method], flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address string, method clickhouse.CompressionMethod, queries []string) error {
	settings := clickhouse.Settings{}
	if method != clickhouse.CompressionNone {
		settings["enable_http_compression"] = 1
	}
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr:        []string{address},
		Protocol:    clickhouse.HTTP,
		Compression: &clickhouse.Compression{Method: method, Level: 3},
		Settings:    settings,
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, query := range queries {
		if strings.HasPrefix(query, "INSERT") {
			err = insert(conn, query)
		} else {
			err = print(conn, query)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func insert(conn driver.Conn, query string) error {
	batch, err := conn.PrepareBatch(context.Background(), query)
	if err != nil {
		return err
	}
	for index, text := range []string{"a", "b", "c"} {
		if err := batch.Append(uint64(index+1), text); err != nil {
			return err
		}
	}
	return batch.Send()
}

func print(conn driver.Conn, query string) error {
	rows, err := conn.Query(context.Background(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	types := rows.ColumnTypes()
	for rows.Next() {
		values := make([]any, len(types))
		for index, kind := range types {
			values[index] = reflect.New(kind.ScanType()).Interface()
		}
		if err := rows.Scan(values...); err != nil {
			return err
		}
		line, err := json.Marshal(values)
		if err != nil {
			return err
		}
		fmt.Println(string(line))
	}
	return rows.Err()
}
