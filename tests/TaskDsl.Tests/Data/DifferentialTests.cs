using System.Text;
using System.Text.Json;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Tests.Codecs;

namespace TaskDsl.Tests.Data;

/// <summary>A generated reader against System.Text.Json at its strictest: the same documents are accepted, with the same values.</summary>
public class DifferentialTests
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static readonly Gen<string> Text = Samples.Text.Select(t => JsonSerializer.Serialize(t));
    private static readonly Gen<string> Whole = Samples.Integer.Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture));
    private static readonly Gen<string> Real = Samples.Number.Select(d => JsonSerializer.Serialize(d));
    private static readonly Gen<string> Truth = Gen.OneOf<string>("true", "false");

    private static readonly Gen<string> Odd = Gen.OneOf<string>(
        "null",
        "1.5",
        "2147483648",
        "-2147483649",
        "1e5",
        "-0",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "true",
        "\"\\ud800\"",
        "\"\\u00e9\"",
        "[1,2]",
        "{\"name\":\"a\",\"price\":1}",
        "01",
        "+1",
        "'a'",
        "/**/1",
        ""
    );

    private static readonly Gen<string> Buyer = Object(("name", Text, false), ("size", Whole, true));
    private static readonly Gen<string> Item = Object(("name", Text, false), ("price", Real, false));

    private static readonly Gen<string> Document = Object(
        ("body", Text, false),
        ("note", Text, true),
        ("count", Whole, false),
        ("limit", Whole, true),
        ("score", Real, false),
        ("sure", Truth, false),
        ("tags", List(Text), false),
        ("grid", List(List(Whole)), true),
        ("buyer", Buyer, false),
        ("items", List(Item), true)
    );

    [Fact]
    public void Both_accept_the_same_documents()
    {
        var accepted = 0;
        var refused = 0;
        Document.Sample(
            json =>
            {
                if (Compare(Encoding.UTF8.GetBytes(json)))
                    Interlocked.Increment(ref accepted);
                else
                    Interlocked.Increment(ref refused);
            },
            iter: 5000
        );

        // A test that sees one side only shows nothing.
        Assert.True(accepted > 500 && refused > 500, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void Both_accept_the_same_damaged_documents() =>
        Gen.Select(Document, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3])
            .Sample(
                (json, at, value, damage) =>
                {
                    var bytes = Encoding.UTF8.GetBytes(json).ToList();
                    at %= bytes.Count;
                    switch (damage)
                    {
                        case 0:
                            bytes[at] = value;
                            break;
                        case 1:
                            bytes.RemoveAt(at);
                            break;
                        case 2:
                            bytes.Insert(at, value);
                            break;
                        default:
                            bytes.RemoveRange(at, bytes.Count - at);
                            break;
                    }

                    Compare([.. bytes]);
                },
                iter: 5000
            );

    private static bool Compare(byte[] json)
    {
        Ledger.Example? ours = null;
        Flat? theirs = null;
        string? error = null;
        try
        {
            var reader = new RecordReader(json, null, false, "en");
            ours = (Ledger.Example)Ledger.Task.ReadExample(ref reader, "en");
        }
        catch (RecordException e)
        {
            error = e.Message;
        }

        try
        {
            theirs = JsonSerializer.Deserialize<Flat>(json, Strict);
            // Items of collections are not covered by RespectNullableAnnotations.
            if (
                theirs is not null
                && (
                    theirs.Tags.Any(t => t is null) || theirs.Grid?.Any(r => r is null) == true || theirs.Items?.Any(i => i is null) == true
                )
            )
                theirs = null;
            // A number that is too great is infinity there and an error here.
            if (theirs is not null && (double.IsInfinity(theirs.Score) || theirs.Items?.Any(i => double.IsInfinity(i.Price)) == true))
                theirs = null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error ??= e.Message;
        }

        Assert.True(
            ours is null == theirs is null,
            $"{(ours is null ? "only System.Text.Json accepts" : "only TaskDsl accepts")} {Encoding.UTF8.GetString(json)} ({error})"
        );
        if (ours is null)
            return false;
        var expected = new Ledger.Example(
            new Ledger.Input(theirs!.Body, theirs.Note),
            new Ledger.Output(
                theirs.Count,
                theirs.Limit,
                theirs.Score,
                theirs.Sure,
                [.. theirs.Tags],
                theirs.Grid is { } grid ? [.. grid.Select(row => Tasks.ValueList.Create<int>(row))] : null,
                new(theirs.Buyer.Name, theirs.Buyer.Size),
                theirs.Items is { } items ? [.. items.Select(i => new Ledger.ItemsItem(i.Name, i.Price))] : null
            )
        )
        {
            Language = "en",
        };
        Assert.Equal(expected, ours);
        return true;
    }

    /// <summary>An object whose fields are mostly right: sometimes one is absent, wrong, twice there or too many.</summary>
    private static Gen<string> Object(params (string Name, Gen<string> Value, bool IsOptional)[] fields)
    {
        var parts = fields
            .Select(f => Gen.Select(Gen.Int[0, 99], f.Value, Odd, (dice, right, odd) => dice switch
                    {
                        0 => "",
                        1 => $"\"{f.Name}\":{odd}",
                        2 => $"\"{f.Name}\":{right},\"{f.Name}\":{right}",
                        3 => $"\"{f.Name}s\":{right}",
                        < 14 when f.IsOptional => "",
                        < 20 when f.IsOptional => $"\"{f.Name}\":null",
                        < 30 => $" \"{f.Name}\" :\t{right}\n",
                        31 => $"\"\\u{(int)f.Name[0]:x4}{f.Name[1..]}\":{right}",
                        _ => $"\"{f.Name}\":{right}",
                    }))
            .ToArray();
        return parts
            .Aggregate(Gen.Const<List<string>>([]), (all, part) => Gen.Select(all, part, (list, next) => (List<string>)[.. list, next]))
            .SelectMany(list => Gen.Shuffle(list.Where(p => p.Length > 0).ToArray()))
            .Select(list => $"{{{string.Join(",", list)}}}");
    }

    private static Gen<string> List(Gen<string> item) => item.Array[0, 3].Select(items => $"[{string.Join(",", items)}]");

    private sealed record Party(string Name, int? Size = null);

    private sealed record Good(string Name, double Price);

    private sealed record Flat(
        string Body,
        int Count,
        double Score,
        bool Sure,
        string[] Tags,
        Party Buyer,
        string? Note = null,
        int? Limit = null,
        int[][]? Grid = null,
        Good[]? Items = null
    );
}
