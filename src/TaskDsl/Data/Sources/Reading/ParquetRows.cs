using Parquet;
using Parquet.Schema;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// The rows of one row group, put together from its columns by their repetition and definition levels (Melnik et al., "Dremel", VLDB
/// 2010).
/// </summary>
internal sealed class ParquetRows : IDisposable
{
    private readonly Field[] fields;
    private readonly Dictionary<DataField, ParquetColumn> columns;
    private long left;

    private ParquetRows(Field[] fields, Dictionary<DataField, ParquetColumn> columns, long left) =>
        (this.fields, this.columns, this.left) = (fields, columns, left);

    public static async Task<ParquetRows> ReadAsync(ParquetReader file, int group, Field[] fields, CancellationToken cancellationToken)
    {
        using var reader = file.OpenRowGroupReader(group);
        var columns = new Dictionary<DataField, ParquetColumn>();
        var rows = new ParquetRows(fields, columns, reader.RowCount);
        try
        {
            foreach (var leaf in fields.SelectMany(Leaves))
                columns[leaf] = ParquetColumn.Of(
                    leaf,
                    await reader.ReadRawColumnDataBaseAsync(leaf, cancellationToken).ConfigureAwait(false)
                );
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>The next row; null behind the last.</summary>
    public SourceRecord? Next(RowWriter row, long number)
    {
        if (left-- <= 0)
            return null;
        row.BeginRow();
        foreach (var field in fields)
        {
            row.Column(field.Name);
            Write(row, field);
        }

        return row.EndRow(number);
    }

    public void Dispose()
    {
        foreach (var column in columns.Values)
            column.Dispose();
    }

    private void Write(RowWriter row, Field field)
    {
        switch (field)
        {
            case DataField { IsArray: true } data:
                WriteItems(row, field, () => columns[data].Write(row));
                break;
            case DataField data:
                columns[data].Write(row);
                break;
            case ListField list:
                WriteItems(row, list, () => Write(row, list.Item));
                break;
            case MapField map:
                WriteItems(row, map, () =>
                {
                    row.BeginObject();
                    row.Name("key");
                    Write(row, map.Key);
                    row.Name("value");
                    Write(row, map.Value);
                    row.EndObject();
                });
                break;
            case StructField record:
                if (First(record).Definition < record.MaxDefinitionLevel)
                {
                    Pass(record);
                    row.Null();
                    break;
                }

                row.BeginObject();
                foreach (var member in record.Fields)
                {
                    row.Name(member.Name);
                    Write(row, member);
                }

                row.EndObject();
                break;
        }
    }

    // A list's own level counts it as there and as not empty: one less is an empty list, two less is none.
    private void WriteItems(RowWriter row, Field list, Action writeItem)
    {
        var first = First(list);
        if (first.Definition < list.MaxDefinitionLevel)
        {
            if (list.MaxDefinitionLevel - first.Definition > 1)
            {
                row.Null();
            }
            else
            {
                row.BeginList();
                row.EndList();
            }

            Pass(list);
            return;
        }

        row.BeginList();
        do writeItem();
        while (first.Repetition == list.MaxRepetitionLevel);
        row.EndList();
    }

    private void Pass(Field field)
    {
        foreach (var leaf in Leaves(field))
            columns[leaf].Pass();
    }

    private ParquetColumn First(Field field) => columns[Leaves(field).First()];

    private static IEnumerable<DataField> Leaves(Field field) =>
        field switch
        {
            DataField data => [data],
            ListField list => Leaves(list.Item),
            MapField map => [.. Leaves(map.Key), .. Leaves(map.Value)],
            StructField record => record.Fields.SelectMany(Leaves),
            var other => throw new IOException(
                $"field '{other.Name}': found a {other.SchemaType}, which no field can hold; list it under 'ignore'."
            ),
        };
}
