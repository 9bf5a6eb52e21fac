using System.Text;
using System.Text.Json;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Texts that a step has made: one JSON object a line, with <c>text</c> and <c>$origin</c>, as a recipe's corpus reads them.
/// </summary>
/// <param name="Folder">The step's folder.</param>
public sealed record StepTexts(string Folder)
{
    /// <summary>Their file.</summary>
    public string File => Path.Combine(Folder, "texts.jsonl");

    /// <summary>The texts of a step that has made some.</summary>
    /// <param name="step">The step that asks.</param>
    /// <param name="named">The other's name, with its <c>$</c>.</param>
    public static StepTexts Of(StepContext step, string named)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new StepTexts(step.Made(named).Folder);
    }

    /// <summary>The texts.</summary>
    public IReadOnlyList<CorpusDocument> Read() => CorpusDocument.Read([File], Folder);

    /// <summary>Writes texts into the folder of a step: its result, or a part of it.</summary>
    /// <exception cref="RunException">There is none.</exception>
    public static void Write(StepContext step, IEnumerable<CorpusDocument> texts)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(texts);
        using var file = new StreamWriter(new StepTexts(step.Folder).File, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        var count = 0;
        foreach (var text in texts)
        {
            file.WriteLine($"{{\"text\":{Json(text.Text)},\"{StepExamples.Origin}\":{Json($"{text.Origin}")}}}");
            count++;
        }

        step.Count("texts", count);
        if (count == 0)
            throw new RunException("it makes no text: the examples that it is given are none.");
    }

    private static string Json(string text) => JsonSerializer.Serialize(text, Unindented);

    private static readonly JsonSerializerOptions Unindented = new(DefinitionJson.Options) { WriteIndented = false };
}
