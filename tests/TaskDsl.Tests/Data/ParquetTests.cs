using System.Text.Json;
using CsCheck;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;
using TaskDsl.Data;

namespace TaskDsl.Tests.Data;

/// <summary>What Parquet.Net writes is what the source reads, for every shape of row.</summary>
public sealed class ParquetTests : SourceTest
{
    private static readonly CompressionMethod[] Compressions =
    [
        CompressionMethod.None,
        CompressionMethod.Snappy,
        CompressionMethod.Gzip,
        CompressionMethod.Zstd,
        CompressionMethod.Brotli,
        CompressionMethod.LZ4,
    ];

    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab \"\\\n\t中é\u0001"], 0, 6];

    private static readonly Gen<Inner> Inners = Gen.Select(Text.Null(), Gen.Int.Nullable())
        .Select((name, number) => new Inner { Name = name, Number = number });

    private static readonly Gen<Row> Rows = Gen.Select(
            Gen.Select(Text.Null(), Gen.Int.Nullable(), Gen.Long, Gen.Double[-1e6, 1e6], Gen.Bool.Nullable()),
            Text.Null().List[0, 3].Null(),
            Inners.Null(),
            Inners.List[0, 3].Null(),
            Gen.Int.List[0, 3].List[0, 3].Null(),
            Gen.Dictionary(Text, Gen.Int)[0, 3].Null()
        )
        .Select(
            (simple, texts, inner, inners, nested, map) =>
                new Row
                {
                    Text = simple.Item1,
                    Number = simple.Item2,
                    Large = simple.Item3,
                    Real = simple.Item4,
                    Truth = simple.Item5,
                    Texts = texts?.Select(t => t ?? "").ToList(),
                    Inner = inner,
                    Inners = inners,
                    Nested = nested,
                    Map = map is null ? null : new Dictionary<string, int>(map),
                }
        );

    [Fact]
    public async Task Rows_of_every_shape_are_what_their_writer_says() =>
        await Gen.Select(Rows.List[0, 12], Gen.Int[0, 5].Select(i => Compressions[i]), Gen.Int[1, 5])
            .SampleAsync(
                async (rows, compression, group) =>
                {
                    var path = Path.Combine(Folder, $"{Guid.NewGuid():n}.parquet");
                    await ParquetSerializer.SerializeAsync(
                        rows,
                        path,
                        new ParquetOptions { CompressionMethod = compression, RowGroupSize = group }
                    );
                    var read = await ReadAsync(new TaskDsl.Data.Sources.Parquet { Path = path });
                    Assert.Equal(rows.Select(Expected), read.Select(Normal));
                },
                iter: 200
            );

    [Fact]
    public async Task Dates_decimals_bytes_and_what_json_cannot_say()
    {
        var schema = new ParquetSchema(
            new DataField<double>("real"),
            new DecimalDataField("price", 12, 2),
            new DateTimeDataField("day", DateTimeFormat.Date),
            new DateTimeDataField("moment", DateTimeFormat.Timestamp, isAdjustedToUTC: true),
            new DataField<byte[]>("bytes"),
            new DataField<Guid>("id"),
            new DataField<byte[]>("picture")
        );
        await using (var file = File.Create(At("a.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(schema, file))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(schema.DataFields[0], new double[] { double.NaN, double.PositiveInfinity, 0.5 });
            await group.WriteAsync<decimal>(schema.DataFields[1], new decimal[] { 1.50m, -2m, 0.01m });
            var day = new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc);
            await group.WriteAsync<DateTime>(schema.DataFields[2], new DateTime[] { day, day, day });
            var moment = new DateTime(2024, 2, 29, 13, 5, 9, 250, DateTimeKind.Utc);
            await group.WriteAsync<DateTime>(schema.DataFields[3], new DateTime[] { moment, moment, moment });
            await group.WriteAsync(
                schema.DataFields[4],
                (byte[][])
                    [
                        [.. "Größe"u8],
                        [],
                        [.. "x"u8],
                    ]
            );
            await group.WriteAsync<Guid>(schema.DataFields[5], new Guid[] { Guid.Empty, Guid.Empty, Guid.Empty });
            await group.WriteAsync(
                schema.DataFields[6],
                (byte[][])
                    [
                        [0xFF, 0xD8],
                        [],
                        [.. "x"u8],
                    ]
            );
        }

        var read = await ReadAsync(new TaskDsl.Data.Sources.Parquet { Path = "a.parquet", Ignore = ["id"] });
        Assert.Equal(
            "1: field 'picture': found bytes that are no UTF-8, expected a text (a column that is not wanted is listed under 'ignore')",
            read[0]
        );
        Assert.Equal(
            """{"real":"∞","price":-2.00,"day":"2024-02-29","moment":"2024-02-29T13:05:09.25Z","bytes":"","picture":""}""".Replace(
                "∞",
                "Infinity"
            ),
            read[1]
        );
        Assert.Equal(
            """{"real":0.5,"price":0.01,"day":"2024-02-29","moment":"2024-02-29T13:05:09.25Z","bytes":"x","picture":"x"}""",
            read[2]
        );
    }

    [Fact]
    public async Task A_file_that_is_cut_off_or_damaged_anywhere_says_so_or_gives_what_was_written()
    {
        var rows = Enumerable
            .Range(0, 40)
            .Select(i => new Row
            {
                Text = $"text {i}",
                Number = i,
                Texts = [$"{i}", "x"],
            })
            .ToList();
        await ParquetSerializer.SerializeAsync(rows, At("whole.parquet"), new ParquetOptions { RowGroupSize = 10 });
        var whole = await File.ReadAllBytesAsync(At("whole.parquet"));
        await Gen.Int[4, whole.Length - 1]
            .SampleAsync(
                async cut =>
                {
                    var name = $"{Guid.NewGuid():n}.parquet";
                    Write(name, whole[..cut]);
                    await Assert.ThrowsAsync<IOException>(() => ReadAsync(new TaskDsl.Data.Sources.Parquet { Path = name }));
                },
                iter: 60
            );
        await Gen.Select(Gen.Int[4, whole.Length - 1], Gen.Byte[1, 255])
            .SampleAsync(
                async (at, change) =>
                {
                    var name = $"{Guid.NewGuid():n}.parquet";
                    var damaged = (byte[])whole.Clone();
                    damaged[at] ^= change;
                    Write(name, damaged);
                    await Readable(new TaskDsl.Data.Sources.Parquet { Path = name });
                },
                iter: 300
            );
    }

    [Fact]
    public async Task Rows_become_examples_and_a_wrong_column_type_is_named()
    {
        await ParquetSerializer.SerializeAsync(
            [new Note1 { text = "a", mood = "good" }, new Note1 { text = "b", mood = "bad" }],
            At("a.parquet")
        );
        var data = await Note.Build().From(ByPath("a.parquet")).ToDatasetAsync(Options);
        Assert.Equal((2, 2), (data.Report.Read, data.Report.Kept));

        await ParquetSerializer.SerializeAsync([new Note2 { text = 7, mood = "good" }], At("b.parquet"));
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(ByPath("b.parquet")).ToDatasetAsync(Options));
        Assert.StartsWith(
            "b.parquet(1): error: field 'text': found the number 7, expected a text",
            error.Message,
            StringComparison.Ordinal
        );

        await ParquetSerializer.SerializeAsync([new Note1 { text = null, mood = "good" }], At("c.parquet"));
        error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(ByPath("c.parquet")).ToDatasetAsync(Options));
        Assert.StartsWith("c.parquet(1): error: field 'text': found null, expected a text", error.Message, StringComparison.Ordinal);
    }

    private static string Expected(Row row) => Normal(JsonSerializer.Serialize(row with { }));

    // Maps become lists of entries; numbers are compared as doubles.
    private static string Normal(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Describe(document.RootElement, "");
    }

    private static string Describe(JsonElement value, string name) =>
        value.ValueKind switch
        {
            JsonValueKind.Object when name == "Map" =>
                $"[{string.Join(",", value.EnumerateObject().Select(p => $"{{key:{p.Name},value:{p.Value}}}"))}]",
            JsonValueKind.Object => $"{{{string.Join(",", value.EnumerateObject().Select(p => $"{p.Name}:{Describe(p.Value, p.Name)}"))}}}",
            JsonValueKind.Array => $"[{string.Join(",", value.EnumerateArray().Select(v => Describe(v, "")))}]",
            JsonValueKind.Number => value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };

    private sealed record Row
    {
        public string? Text { get; set; }

        public int? Number { get; set; }

        public long Large { get; set; }

        public double Real { get; set; }

        public bool? Truth { get; set; }

        public List<string>? Texts { get; set; }

        public Inner? Inner { get; set; }

        public List<Inner>? Inners { get; set; }

        public List<List<int>>? Nested { get; set; }

        public Dictionary<string, int>? Map { get; set; }
    }

    private sealed record Inner
    {
        public string? Name { get; set; }

        public int? Number { get; set; }
    }

#pragma warning disable IDE1006 // The names are those of the columns.
    private sealed class Note1
    {
        public string? text { get; set; }

        public string? mood { get; set; }
    }

    private sealed class Note2
    {
        public int text { get; set; }

        public string? mood { get; set; }
    }
#pragma warning restore IDE1006
}
