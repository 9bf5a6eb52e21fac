using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Attributes;
using TaskDsl.Data;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Reading JSON Lines with a generated reader, against System.Text.Json into plain records, both strict. Per operation: 1,000 records.
/// </summary>
[MemoryDiagnoser]
public class RecordReading
{
    private const int Records = 1000;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        TypeInfoResolver = PlainContext.Default,
    };

    private readonly byte[][] lines = new byte[Records][];
    private readonly List<Clause.Example> examples = [];
    private readonly ArrayBufferWriter<byte> buffer = new(1 << 20);

    /// <summary>Records as the example desk has them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Records; i++)
        {
            var line =
                $$"""{"clause": "Brightmoor Analytics Ltd will invoice the subscription fee of £18,{{i:000}} in advance. The"""
                + """ Customer shall settle each undisputed invoice within thirty (30) days of the date printed on it;"""
                + """ 逾期付款的，按日万分之五支付违约金。", "type": "payment", "facts": [{"kind": "party", "text": "Brightmoor Analytics Ltd"},"""
                + $$""" {"kind": "money", "text": "£18,{{i:000}}"}, {"kind": "duration", "text": "thirty (30) days"}], "bearer":"""
                + $$""" "client", "modality": "duty", "amount": {{i}}, "unit": "day"}""";
            lines[i] = Encoding.UTF8.GetBytes(line);
            var reader = new RecordReader(lines[i], null, false, "en");
            examples.Add((Clause.Example)Clause.Task.ReadExample(ref reader, "en"));
        }
    }

    /// <summary>System.Text.Json, source-generated, without checks of its own beyond types.</summary>
    [Benchmark(Baseline = true)]
    public int SystemTextJson()
    {
        var sum = 0;
        foreach (var line in lines)
            sum += JsonSerializer.Deserialize<Plain>(line, Strict)!.Amount ?? 0;
        return sum;
    }

    /// <summary>The generated reader.</summary>
    [Benchmark]
    public int Generated()
    {
        var sum = 0;
        foreach (var line in lines)
        {
            var reader = new RecordReader(line, null, false, "en");
            sum += ((Clause.Example)Clause.Task.ReadExample(ref reader, "en")).Output.Amount ?? 0;
        }

        return sum;
    }

    /// <summary>The generated writer of answers.</summary>
    [Benchmark]
    public int WriteAnswers()
    {
        buffer.ResetWrittenCount();
        foreach (var example in examples)
            Clause.Task.WriteOutput(buffer, example.Input, example.Output, "en");
        return buffer.WrittenCount;
    }
}

/// <summary>What the generated records hold, for System.Text.Json, whose generator does not see what another one generates.</summary>
internal sealed record Plain(
    string Clause,
    PlainType Type,
    PlainFact[] Facts,
    PlainBearer Bearer,
    PlainModality Modality,
    int? Amount,
    PlainUnit? Unit
);

/// <summary>An entity.</summary>
internal sealed record PlainFact(PlainKind Kind, string Text);

internal enum PlainType
{
    Payment,
    Termination,
    Confidentiality,
    Liability,
    IntellectualProperty,
    Delivery,
    Warranty,
    Disputes,
}

internal enum PlainKind
{
    Party,
    Money,
    Date,
    Duration,
    Place,
}

internal enum PlainBearer
{
    Provider,
    Client,
    Both,
}

internal enum PlainModality
{
    Duty,
    Right,
    Prohibition,
}

internal enum PlainUnit
{
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>System.Text.Json's own generated reader.</summary>
[JsonSerializable(typeof(Plain))]
internal sealed partial class PlainContext : JsonSerializerContext;
