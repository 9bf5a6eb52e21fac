using System.Buffers;
using TaskDsl.Data;
using TaskDsl.Formats;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>The letters of a text, as an entity of one kind; the number behind them is none.</summary>
internal sealed class LettersInTextTask() : HeadLettersTask("facts")
{
    private static readonly RecordFields Fields = new("text", "letter"),
        Entity = new("kind", "text");

    public override OutputFormat Format => new EntitiesFormat();

    public override IReadOnlyList<FieldInfo> OutputFields => [new("letter", "entities", "", ["who"])];

    public override IReadOnlyList<DataSource> Examples => [new LettersInText { Path = GetType().Assembly.Location }];

    public override IReadOnlyList<OutputItem> Items(object output) => [new("letter/who", ((LettersOutput)output).Letter)];

    public override void WriteExample(IBufferWriter<byte> utf8, object input, object output) =>
        utf8.Write(LettersInText.Json(((LettersInput)input).Text, ((LettersOutput)output).Letter));

    public override Example ReadExample(ref RecordReader reader, string language)
    {
        string text = "",
            letters = "";
        var cursor = reader.Begin(Fields);
        while (reader.Next(ref cursor))
            if (cursor.Name == "text")
                text = reader.ReadText();
            else
                letters = string.Join(' ', reader.ReadList(ReadEntity));
        return new LettersExample(new(text), new(letters));
    }

    private static string ReadEntity(ref RecordReader reader)
    {
        var text = "";
        var cursor = reader.Begin(Entity);
        while (reader.Next(ref cursor))
            text = cursor.Name == "text" ? reader.ReadText() : text;
        return text;
    }
}
