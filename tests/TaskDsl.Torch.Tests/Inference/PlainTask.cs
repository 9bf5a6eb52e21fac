using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.Data.Splits;
using TaskDsl.Formats;
using TaskDsl.Grammars;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Tests.Inference;

/// <summary>A task as the generator would write it, but with any grammar: text in, text out.</summary>
internal sealed class PlainTask(Func<string, Grammar> grammar) : DslTask<string, string>
{
    public override string Name => "plain";

    public override string Summary => "Text in, text out.";

    public override IReadOnlyList<string> Languages => ["en"];

    public override OutputFormat Format => new TextFormat();

    public override IReadOnlyList<FieldInfo> InputFields => [];

    public override IReadOnlyList<FieldInfo> OutputFields => [];

    public override IReadOnlyList<DataSource> Examples => [];

    public override Split Split => new RandomSplit();

    public override IReadOnlyList<Stage> Stages => [];

    public override IReadOnlyList<Metric> Metrics => [];

    public override BadRecords BadRecords => new Fail();

    public override string Fingerprint => "";

    public override Example ReadExample(ref RecordReader reader, string language) => throw new NotSupportedException();

    public override object ReadInput(ref RecordReader reader) => throw new NotSupportedException();

    public override void WriteInput(IBufferWriter<byte> utf8, object input) => throw new NotSupportedException();

    public override void WriteExample(IBufferWriter<byte> utf8, object input, object output) => throw new NotSupportedException();

    public override void WriteOutput(IBufferWriter<byte> utf8, object input, object output, string language) =>
        utf8.Write(Encoding.UTF8.GetBytes((string)output));

    public override bool TryParseOutput(
        ReadOnlySpan<byte> utf8,
        object input,
        string language,
        [NotNullWhen(true)] out object? output,
        [NotNullWhen(false)] out string? error
    )
    {
        (output, error) = (null, null);
        try
        {
            output = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
            return true;
        }
        catch (ArgumentException e)
        {
            error = e.Message;
            return false;
        }
    }

    public override Grammar OutputGrammar(object input, string language) => grammar((string)input);

    public override IReadOnlyList<OutputItem> Items(object output) => [];
}

/// <summary>A prompt as the generator would write it: an instruction, then the input.</summary>
internal sealed class PlainPrompt(DslTask task) : Prompt
{
    public override string Name => "plain";

    public override string Summary => "The input.";

    public override DslTask Task => task;

    public override ChatFormat ChatFormat => new Plain();

    public override DemonstrationPlan Demonstrations => new();

    public override string Fingerprint => "";

    public override int Phrasings(string language) => 1;

    protected override bool HasSystem(string language) => false;

    protected override void RenderSystem(PromptBuffer buffer, object input, string language) { }

    protected override void RenderUser(PromptBuffer buffer, object input, string language, int phrasing)
    {
        buffer.Append("Say after me, in the very same words: "u8);
        buffer.Append((string)input);
    }

    protected override void RenderAnswerPrefix(PromptBuffer buffer, object input, string language) { }
}
