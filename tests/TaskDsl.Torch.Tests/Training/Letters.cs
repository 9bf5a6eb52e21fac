using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.Data.Splits;
using TaskDsl.Formats;
using TaskDsl.Grammars;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Tests.Training;

public sealed record LettersInput(string Text);

public sealed record LettersOutput(string Letter);

public sealed record LettersExample(LettersInput Input, LettersOutput Output) : Example<LettersInput, LettersOutput>(Input, Output);

/// <summary>Words of three letters, in capitals; the answer is the first letter, small.</summary>
public sealed record LettersSource : SyntheticSource
{
    public override JsonObject Record(int number)
    {
        var text = new string([(char)('A' + number % 5), (char)('A' + number / 5 % 26), (char)('A' + number * 7 % 26)]);
        return new JsonObject { ["text"] = text, ["letter"] = text[..1].ToLowerInvariant() };
    }
}

/// <summary>A task that a tiny model learns in seconds: what the generator would write from a small YAML.</summary>
public class LettersTask(string name = "letters", int count = 60) : DslTask<LettersInput, LettersOutput>
{
    private static readonly RecordFields Fields = new("text", "letter");
    private static readonly string[] Answers = ["a", "b", "c", "d", "e"];

    public override string Name => name;

    public override string Summary => "";

    public override IReadOnlyList<string> Languages => ["en"];

    public override OutputFormat Format => new LabelFormat();

    public override IReadOnlyList<FieldInfo> InputFields => [new("text", "text", "", [])];

    public override IReadOnlyList<FieldInfo> OutputFields => [new("letter", "label", "", Answers)];

    public override IReadOnlyList<DataSource> Examples => [new LettersSource { Count = count }];

    public override Split Split => new RandomSplit();

    public override IReadOnlyList<Stage> Stages => [];

    public override IReadOnlyList<Metric> Metrics => [new Accuracy()];

    public override BadRecords BadRecords => new Fail();

    public override string Fingerprint => name;

    public override Example ReadExample(ref RecordReader reader, string language)
    {
        string text = "",
            letter = "";
        var cursor = reader.Begin(Fields);
        while (reader.Next(ref cursor))
        {
            if (cursor.Name == "text")
                text = reader.ReadText();
            else
                letter = reader.ReadText();
        }

        return new LettersExample(new(text), new(letter));
    }

    public override object ReadInput(ref RecordReader reader) => throw new NotSupportedException();

    public override void WriteInput(IBufferWriter<byte> utf8, object input) =>
        utf8.Write(Encoding.UTF8.GetBytes(((LettersInput)input).Text));

    public override void WriteExample(IBufferWriter<byte> utf8, object input, object output) =>
        utf8.Write(JsonSerializer.SerializeToUtf8Bytes(new { text = ((LettersInput)input).Text, letter = ((LettersOutput)output).Letter }));

    public override void WriteOutput(IBufferWriter<byte> utf8, object input, object output, string language) =>
        utf8.Write(Encoding.UTF8.GetBytes(((LettersOutput)output).Letter));

    public override bool TryParseOutput(
        ReadOnlySpan<byte> utf8,
        object input,
        string language,
        [NotNullWhen(true)] out object? output,
        [NotNullWhen(false)] out string? error
    )
    {
        var text = Encoding.UTF8.GetString(utf8);
        (output, error) = Answers.Contains(text)
            ? (new LettersOutput(text), (string?)null)
            : (null, $"found '{text}', expected a letter from a to e");
        return error is null;
    }

    public override Grammar OutputGrammar(object input, string language) => Grammar.Choice([.. Answers.Select(Grammar.Literal)]);

    public override IReadOnlyList<OutputItem> Items(object output) => [new("letter", ((LettersOutput)output).Letter)];
}

/// <summary>The same, but the answers a and b are written six times, so that they are long.</summary>
public sealed class LongLettersTask() : LettersTask("long")
{
    public override Split Split => new RandomSplit { Validation = 0.3, Test = 0.3 };

    public override void WriteOutput(IBufferWriter<byte> utf8, object input, object output, string language) =>
        utf8.Write(Encoding.UTF8.GetBytes(Written(((LettersOutput)output).Letter)));

    public override bool TryParseOutput(
        ReadOnlySpan<byte> utf8,
        object input,
        string language,
        [NotNullWhen(true)] out object? output,
        [NotNullWhen(false)] out string? error
    ) => base.TryParseOutput(utf8.Length > 0 ? utf8[..1] : utf8, input, language, out output, out error);

    public override Grammar OutputGrammar(object input, string language) =>
        Grammar.Choice([.. "abcde".Select(letter => Grammar.Literal(Written(letter.ToString())))]);

    private static string Written(string letter) => letter is "a" or "b" ? string.Concat(Enumerable.Repeat(letter, 6)) : letter;
}

/// <summary>The same, with inputs written as JSON, as a head's answers are put beside them.</summary>
public class HeadLettersTask(string name = "letters") : LettersTask(name, count: 240)
{
    public override void WriteInput(IBufferWriter<byte> utf8, object input) =>
        utf8.Write(JsonSerializer.SerializeToUtf8Bytes(new { text = ((LettersInput)input).Text }));
}

/// <summary>The same words, with the right letter preferred to the next.</summary>
public sealed class PreferencesTask() : LettersTask("preferences")
{
    public override IReadOnlyList<OutputItem> Items(object output) =>
        [new("chosen", ((LettersOutput)output).Letter), new("rejected", ((char)(((LettersOutput)output).Letter[0] + 1)).ToString())];
}

/// <summary>Puts the letters task to a model, in two phrasings.</summary>
public class LettersPrompt(DslTask task, int demonstrations = 0, int phrasings = 2, DemonstrationPlan? shown = null) : Prompt
{
    public override string Name => task.Name;

    public override string Summary => "";

    public override DslTask Task => task;

    public override ChatFormat ChatFormat { get; } = new Plain();

    public override DemonstrationPlan Demonstrations => shown ?? new() { Count = demonstrations };

    public override string Fingerprint => $"{demonstrations} {phrasings}";

    public override int Phrasings(string language) => phrasings;

    protected override bool HasSystem(string language) => false;

    protected override void RenderSystem(PromptBuffer buffer, object input, string language) { }

    protected override void RenderUser(PromptBuffer buffer, object input, string language, int phrasing)
    {
        if (phrasing > 0)
            buffer.Append("Q: "u8);
        buffer.Append(((LettersInput)input).Text);
    }

    protected override void RenderAnswerPrefix(PromptBuffer buffer, object input, string language) { }
}
