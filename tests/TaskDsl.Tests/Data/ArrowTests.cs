using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using CsCheck;

namespace TaskDsl.Tests.Data;

/// <summary>What Apache's library writes is what the source reads.</summary>
public sealed class ArrowTests : SourceTest
{
    [Theory]
    [InlineData("a.arrow", null)]
    [InlineData("a.arrow", CompressionCodecType.Lz4Frame)]
    [InlineData("a.arrow", CompressionCodecType.Zstd)]
    [InlineData("a.arrows", null)]
    public async Task Every_type_of_column_is_read_batch_by_batch(string name, CompressionCodecType? compression)
    {
        await WriteAsync(name, compression, Batch(0), Batch(3));
        var read = await ReadAsync(ByPath(name));
        Assert.Equal(6, read.Count);
        Assert.Equal(
            """{"text":"größe","number":1,"real":0.5,"truth":true"""
                + ""","day":"2024-02-29","moment":"2024-02-29T13:05:09.25Z","price":1.50,"list":["a","b"],"point":{"x":1,"y":null}"""
                + ""","kind":"red"}""",
            read[0]
        );
        Assert.Equal(
            """{"text":null,"number":null,"real":"NaN","truth":null,"day":null,"moment":null,"price":null,"list":null"""
                + ""","point":{"x":2,"y":"q"},"kind":"blue"}""",
            read[1]
        );
        Assert.Equal(
            """{"text":"","number":-3,"real":-1E+300,"truth":false"""
                + ""","day":"1969-12-31","moment":"1969-12-31T23:59:59.999Z","price":-0.05,"list":[],"point":{"x":3,"y":""}"""
                + ""","kind":"red"}""",
            read[2]
        );
        Assert.Equal(read.Take(3), read.Skip(3));
    }

    [Fact]
    public async Task A_column_that_is_ignored_is_not_looked_at()
    {
        var schema = new Schema.Builder()
            .Field(f => f.Name("text").DataType(StringType.Default))
            .Field(f => f.Name("picture").DataType(BinaryType.Default))
            .Build();
        using var batch = new RecordBatch(
            schema,
            [new StringArray.Builder().Append("a").Build(), new BinaryArray.Builder().Append([0xFF, 0xD8]).Build()],
            1
        );
        await WriteAsync("a.arrow", null, batch);
        Assert.Equal(["""{"text":"a"}"""], await ReadAsync(ByPath("a.arrow") with { Ignore = ["picture"] }));
        Assert.Contains(
            "field 'picture': found bytes that are no UTF-8",
            Assert.Single(await ReadAsync(ByPath("a.arrow"))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("a.arrow")]
    [InlineData("a.arrows")]
    public async Task A_file_that_is_cut_off_or_damaged_anywhere_says_so_or_gives_what_was_written(string name)
    {
        await WriteAsync(name, null, Batch(0), Batch(3));
        var whole = await File.ReadAllBytesAsync(At(name));
        await Gen.Int[8, whole.Length - 1]
            .SampleAsync(
                async cut =>
                {
                    var part = $"{Guid.NewGuid():n}-{name}";
                    Write(part, whole[..cut]);
                    await Assert.ThrowsAsync<IOException>(() => ReadAsync(ByPath(part)));
                },
                iter: 200
            );

        await Gen.Select(Gen.Int[8, whole.Length - 1], Gen.Byte[1, 255])
            .SampleAsync(
                async (at, change) =>
                {
                    var part = $"{Guid.NewGuid():n}-{name}";
                    var damaged = (byte[])whole.Clone();
                    damaged[at] ^= change;
                    Write(part, damaged);
                    await Readable(ByPath(part));
                },
                iter: 300
            );
    }

    private async Task WriteAsync(string name, CompressionCodecType? compression, params RecordBatch[] batches)
    {
        var options = new IpcOptions
        {
            CompressionCodec = compression,
            CompressionCodecFactory = compression is null ? null : new CompressionCodecFactory(),
        };
        await using var file = File.Create(At(name));
        using var writer = name.EndsWith('s')
            ? new ArrowStreamWriter(file, batches[0].Schema, true, options)
            : new ArrowFileWriter(file, batches[0].Schema, true, options);
        foreach (var batch in batches)
            await writer.WriteRecordBatchAsync(batch);
        await writer.WriteEndAsync();
    }

    private static RecordBatch Batch(int _)
    {
        var day = new DateTimeOffset(2024, 2, 29, 13, 5, 9, 250, TimeSpan.Zero);
        var before = new DateTimeOffset(1969, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        var timestamp = new TimestampType(TimeUnit.Millisecond, "UTC");
        var list = new ListArray.Builder(StringType.Default);
        var items = (StringArray.Builder)list.ValueBuilder;
        list.Append();
        items.Append("a").Append("b");
        list.AppendNull();
        list.Append();
        var point = new StructType([new Field("x", Int32Type.Default, true), new Field("y", StringType.Default, true)]);
        var dictionary = new DictionaryType(Int8Type.Default, StringType.Default, false);
        var columns = new (string Name, IArrowArray Values)[]
        {
            ("text", new StringArray.Builder().Append("größe").AppendNull().Append("").Build()),
            ("number", new Int64Array.Builder().Append(1).AppendNull().Append(-3).Build()),
            ("real", new DoubleArray.Builder().Append(0.5).Append(double.NaN).Append(-1e300).Build()),
            ("truth", new BooleanArray.Builder().Append(true).AppendNull().Append(false).Build()),
            ("day", new Date32Array.Builder().Append(day).AppendNull().Append(before).Build()),
            ("moment", new TimestampArray.Builder(timestamp).Append(day).AppendNull().Append(before).Build()),
            ("price", new Decimal128Array.Builder(new Decimal128Type(10, 2)).Append(1.5m).AppendNull().Append(-0.05m).Build()),
            ("list", list.Build()),
            (
                "point",
                new StructArray(
                    point,
                    3,
                    [
                        new Int32Array.Builder().Append(1).Append(2).Append(3).Build(),
                        new StringArray.Builder().AppendNull().Append("q").Append("").Build(),
                    ],
                    ArrowBuffer.Empty
                )
            ),
            (
                "kind",
                new DictionaryArray(
                    dictionary,
                    new Int8Array.Builder().Append(1).Append(0).Append(1).Build(),
                    new StringArray.Builder().Append("blue").Append("red").Build()
                )
            ),
        };
        var schema = new Schema.Builder();
        foreach (var (name, values) in columns)
            schema.Field(f => f.Name(name).DataType(values.Data.DataType).Nullable(true));
        return new RecordBatch(schema.Build(), columns.Select(c => c.Values), 3);
    }
}
