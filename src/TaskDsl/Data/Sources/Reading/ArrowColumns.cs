using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Arrays;
using Apache.Arrow.Types;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>The columns of one record batch, written row by row.</summary>
internal sealed class ArrowColumns
{
    private readonly List<(string Name, IArrowArray Values)> columns = [];

    private ArrowColumns() { }

    public static ArrowColumns Of(RecordBatch batch, IReadOnlyList<string> ignored)
    {
        var columns = new ArrowColumns();
        for (var i = 0; i < batch.ColumnCount; i++)
            if (batch.Schema.GetFieldByIndex(i).Name is var name && !ignored.Contains(name))
                columns.columns.Add((name, batch.Column(i)));
        return columns;
    }

    public SourceRecord Record(RowWriter row, int index, long number)
    {
        row.BeginRow();
        foreach (var (name, values) in columns)
        {
            row.Column(name);
            Write(row, values, index);
        }

        return row.EndRow(number);
    }

    private static void Write(RowWriter row, IArrowArray values, int i)
    {
        if (values.IsNull(i))
        {
            row.Null();
            return;
        }

        switch (values)
        {
            case NullArray:
                row.Null();
                break;
            case BooleanArray a:
                row.Write(a.GetValue(i)!.Value);
                break;
            case Int8Array a:
                row.Write((long)a.Values[i]);
                break;
            case UInt8Array a:
                row.Write((long)a.Values[i]);
                break;
            case Int16Array a:
                row.Write((long)a.Values[i]);
                break;
            case UInt16Array a:
                row.Write((long)a.Values[i]);
                break;
            case Int32Array a:
                row.Write((long)a.Values[i]);
                break;
            case UInt32Array a:
                row.Write((long)a.Values[i]);
                break;
            case Int64Array a:
                row.Write(a.Values[i]);
                break;
            case UInt64Array a:
                row.Write(a.Values[i]);
                break;
            case HalfFloatArray a:
                row.Write((float)a.Values[i]);
                break;
            case FloatArray a:
                row.Write(a.Values[i]);
                break;
            case DoubleArray a:
                row.Write(a.Values[i]);
                break;
            case Decimal32Array a when IsSound(a.Data.DataType):
                row.WriteNumber(a.GetString(i)!);
                break;
            case Decimal64Array a when IsSound(a.Data.DataType):
                row.WriteNumber(a.GetString(i)!);
                break;
            case Decimal128Array a when IsSound(a.Data.DataType):
                row.WriteNumber(a.GetString(i)!);
                break;
            case Decimal256Array a when IsSound(a.Data.DataType):
                row.WriteNumber(a.GetString(i)!);
                break;
            case StringViewArray a:
                row.Write(a.GetBytes(i, out _));
                break;
            case BinaryViewArray a:
                row.Write(a.GetBytes(i, out _));
                break;
            case LargeBinaryArray a:
                row.Write(a.GetBytes(i, out _));
                break;
            case BinaryArray a:
                row.Write(a.GetBytes(i, out _));
                break;
            case FixedSizeBinaryArray a:
                row.Write(a.GetBytes(i));
                break;
            case Date32Array a:
                row.Write(a.GetDateOnly(i)!.Value);
                break;
            case Date64Array a:
                row.Write(a.GetDateOnly(i)!.Value);
                break;
            case Time32Array a:
                row.Write(a.GetTime(i)!.Value);
                break;
            case Time64Array a:
                row.Write(a.GetTime(i)!.Value);
                break;
            case TimestampArray a:
                row.Write(Moment(a, i));
                break;
            case DictionaryArray a:
                Write(row, a.Dictionary, Index(a.Indices, i));
                break;
            case MapArray a:
                WriteEntries(row, a, i);
                break;
            case ListArray a:
                WriteItems(row, a.Values, a.ValueOffsets[i], a.ValueOffsets[i + 1]);
                break;
            case LargeListArray a:
                WriteItems(row, a.Values, checked((int)a.ValueOffsets[i]), checked((int)a.ValueOffsets[i + 1]));
                break;
            case ListViewArray a:
                WriteItems(row, a.Values, a.ValueOffsets[i], a.ValueOffsets[i] + a.Sizes[i]);
                break;
            case FixedSizeListArray a:
                WriteItems(
                    row,
                    a.Values,
                    (a.Offset + i) * ((FixedSizeListType)a.Data.DataType).ListSize,
                    (a.Offset + i + 1) * ((FixedSizeListType)a.Data.DataType).ListSize
                );
                break;
            case StructArray a:
                WriteObject(row, a, i);
                break;
            case var other:
                row.Fail(
                    $"a value of type {other.Data.DataType.Name}",
                    "a text, a number, true or false, a date or time, a list, a struct or a map"
                );
                break;
        }
    }

    // Digits are written on the stack, as many as the type says: a damaged type would end the process.
    private static bool IsSound(IArrowType type) =>
        type switch
        {
            Decimal32Type t => t.Scale is >= 0 and <= 9 && t.Precision is > 0 and <= 9,
            Decimal64Type t => t.Scale is >= 0 and <= 18 && t.Precision is > 0 and <= 18,
            Decimal128Type t => t.Scale is >= 0 and <= 38 && t.Precision is > 0 and <= 38,
            Decimal256Type t => t.Scale is >= 0 and <= 76 && t.Precision is > 0 and <= 76,
            _ => false,
        };

    private static DateTime Moment(TimestampArray array, int i)
    {
        var type = (TimestampType)array.Data.DataType;
        var moment = array.GetTimestamp(i)!.Value.UtcDateTime;
        return string.IsNullOrEmpty(type.Timezone) ? DateTime.SpecifyKind(moment, DateTimeKind.Unspecified) : moment;
    }

    private static int Index(IArrowArray indices, int i) =>
        indices switch
        {
            Int8Array a => a.Values[i],
            UInt8Array a => a.Values[i],
            Int16Array a => a.Values[i],
            UInt16Array a => a.Values[i],
            Int32Array a => a.Values[i],
            UInt32Array a => checked((int)a.Values[i]),
            Int64Array a => checked((int)a.Values[i]),
            UInt64Array a => checked((int)a.Values[i]),
            var other => throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"a dictionary index of type {other.Data.DataType.Name}")
            ),
        };

    private static void WriteItems(RowWriter row, IArrowArray items, int from, int to)
    {
        row.BeginList();
        for (var i = from; i < to; i++)
            Write(row, items, i);
        row.EndList();
    }

    private static void WriteEntries(RowWriter row, MapArray map, int i)
    {
        row.BeginList();
        for (var j = map.ValueOffsets[i]; j < map.ValueOffsets[i + 1]; j++)
        {
            row.BeginObject();
            row.Name("key");
            Write(row, map.Keys, j);
            row.Name("value");
            Write(row, map.Values, j);
            row.EndObject();
        }

        row.EndList();
    }

    private static void WriteObject(RowWriter row, StructArray record, int i)
    {
        var fields = ((StructType)record.Data.DataType).Fields;
        row.BeginObject();
        for (var f = 0; f < fields.Count; f++)
        {
            row.Name(fields[f].Name);
            Write(row, record.Fields[f], i);
        }

        row.EndObject();
    }
}
