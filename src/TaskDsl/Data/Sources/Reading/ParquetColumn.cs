using System.Numerics;
using Parquet.Data;
using Parquet.Schema;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// One column of a row group, read value by value. The values that are there are packed; the levels say where they stand.
/// </summary>
internal abstract class ParquetColumn(DataField leaf, RawColumnData data) : IDisposable
{
    private int level;

    /// <summary>How much of the path to the next value is there.</summary>
    public int Definition => leaf.MaxDefinitionLevel == 0 ? 0 : data.DefinitionLevels[level];

    /// <summary>Which list the next value goes on with; 0 begins a row, -1 stands behind the last.</summary>
    public int Repetition =>
        leaf.MaxRepetitionLevel == 0 ? 0
        : level < data.RepetitionLevels.Length ? data.RepetitionLevels[level]
        : -1;

    public static ParquetColumn Of(DataField field, RawColumnData data) =>
        data switch
        {
            RawColumnData<ReadOnlyMemory<char>> d => new Typed<ReadOnlyMemory<char>>(field, d, (row, value) => row.Write(value.Span)),
            RawColumnData<ReadOnlyMemory<byte>> d => new Typed<ReadOnlyMemory<byte>>(field, d, (row, value) => row.Write(value.Span)),
            RawColumnData<bool> d => new Typed<bool>(field, d, (row, value) => row.Write(value)),
            RawColumnData<byte> d => new Typed<byte>(field, d, (row, value) => row.Write((long)value)),
            RawColumnData<sbyte> d => new Typed<sbyte>(field, d, (row, value) => row.Write((long)value)),
            RawColumnData<short> d => new Typed<short>(field, d, (row, value) => row.Write((long)value)),
            RawColumnData<ushort> d => new Typed<ushort>(field, d, (row, value) => row.Write((long)value)),
            RawColumnData<int> d => new Typed<int>(field, d, (row, value) => row.Write((long)value)),
            RawColumnData<uint> d => new Typed<uint>(field, d, (row, value) => row.Write((long)value)),
            RawColumnData<long> d => new Typed<long>(field, d, (row, value) => row.Write(value)),
            RawColumnData<ulong> d => new Typed<ulong>(field, d, (row, value) => row.Write(value)),
            RawColumnData<BigInteger> d => new Typed<BigInteger>(field, d, (row, value) => row.Write(value)),
            RawColumnData<float> d => new Typed<float>(field, d, (row, value) => row.Write(value)),
            RawColumnData<double> d => new Typed<double>(field, d, (row, value) => row.Write(value)),
            RawColumnData<decimal> d => new Typed<decimal>(field, d, (row, value) => row.Write(value)),
            RawColumnData<BigDecimal> d => new Typed<BigDecimal>(field, d, (row, value) => row.WriteNumber(value.ToString()!)),
            RawColumnData<DateTime> d when field is DateTimeDataField { DateTimeFormat: DateTimeFormat.Date } => new Typed<DateTime>(
                field,
                d,
                (row, value) => row.Write(DateOnly.FromDateTime(value))
            ),
            RawColumnData<DateTime> d => new Typed<DateTime>(field, d, (row, value) => row.Write(value)),
            RawColumnData<DateOnly> d => new Typed<DateOnly>(field, d, (row, value) => row.Write(value)),
            RawColumnData<TimeOnly> d => new Typed<TimeOnly>(field, d, (row, value) => row.Write(value)),
            RawColumnData<TimeSpan> d => new Typed<TimeSpan>(field, d, (row, value) => row.Write(TimeOnly.FromTimeSpan(value))),
            RawColumnData<Guid> d => new Typed<Guid>(field, d, (row, value) => row.Write(value)),
            _ => throw new IOException(
                $"field '{field.Path}': found a column of type {field.ClrType.Name}, which no field can hold; list it under 'ignore'."
            ),
        };

    /// <summary>Writes the next value, or null.</summary>
    public void Write(RowWriter row)
    {
        if (Definition == leaf.MaxDefinitionLevel)
            WriteValue(row);
        else
            row.Null();
        level++;
    }

    /// <summary>Passes over a place where there is no value.</summary>
    public void Pass() => level++;

    public void Dispose() => data.Dispose();

    protected abstract void WriteValue(RowWriter row);

    private sealed class Typed<T>(DataField field, RawColumnData<T> data, Action<RowWriter, T> write) : ParquetColumn(field, data)
        where T : struct
    {
        private int value;

        protected override void WriteValue(RowWriter row) => write(row, data.Values[value++]);
    }
}
