using System.Globalization;
using TaskDsl.App.Drafting.Looking;
using TaskDsl.Data;
using TaskDsl.Data.Sources;

namespace TaskDsl.App.Drafting.Writing;

/// <summary>A draft's task as YAML, with what was seen as comments at its place.</summary>
internal static class TaskPage
{
    // A class with fewer would be missing from a part that is drawn by chance.
    private const int FewOfClass = 50;

    /// <summary>The file.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="schema">The folder of the schemas, from the file's own.</param>
    public static string Of(Draft draft, string schema)
    {
        var page = new YamlPage(schema, "task").Line(0, $"task: {draft.Name}");
        page.Comment(
            0,
            $"Drafted from {draft.Title}: {Count(draft.Profile.Rows)} records. What a comment says was seen there; decide, and take it "
                + $"away."
        );
        Remarks(page, 0, draft, Place.Head);
        page.Line(0, $"summary: {Summary(draft)}");
        page.Line(0, $"languages: [{draft.Language}]");
        if (draft.Inputs.Count == 0)
            Remarks(page, 0, draft, Place.Input).Line(0, "input: {}");
        else
            page.Line(0, "input:");
        foreach (var (field, i) in draft.Inputs.Select((field, i) => (field, i)))
            Field(i == 0 ? Remarks(page, 2, draft, Place.Input) : page, 2, field, draft);
        page.Line(0, "output:");
        page.Comment(2, $"Taken for the answer: {Column(draft.Output.Column.Name)}, because {draft.Guess.Why}.");
        Remarks(page, 2, draft, Place.Output);
        Field(page, 2, draft.Output, draft);
        if (draft.Output.Type.Contains("record", StringComparison.Ordinal))
            page.Line(0, "format: json");
        Remarks(page, 0, draft, Place.Examples).Line(0, "examples:");
        foreach (var source in draft.Sources)
            Source(page, draft, source);
        Split(Remarks(page, 0, draft, Place.Split), draft);
        // What makes texts one comes before what compares them.
        var stages = draft
            .Remarks.Select(remark => remark.Stage)
            .OfType<string>()
            .Distinct()
            .OrderByDescending(stage => stage == "normalize_text");
        if (stages.Any())
            Remarks(page, 0, draft, Place.Stages).Line(0, $"stages: [{string.Join(", ", stages)}]");
        page.Line(0, $"metrics: [{Metrics(draft)}]");
        if (draft.Remarks.Any(remark => remark.Place == Place.BadRecords))
            Remarks(page, 0, draft, Place.BadRecords).Line(0, "bad_records: quarantine");
        return page.ToString();
    }

    private static YamlPage Remarks(YamlPage page, int indent, Draft draft, Place place)
    {
        foreach (var remark in draft.Remarks.Where(remark => remark.Place == place))
            page.Comment(indent, remark.NeedsHand ? $"NEEDS A HAND: {remark.Text}" : remark.Text);
        return page;
    }

    private static string Summary(Draft draft)
    {
        var answer = Words(draft.Output.Name);
        var asked = draft.Inputs.Select(field => $"the {Words(field.Name)}").ToList();
        var done = draft.Output.Type switch
        {
            "label" => $"Names the {answer}",
            "labels" => $"Names all of the {answer}",
            "entities" => $"Copies the {answer}",
            _ => $"Writes the {answer}",
        };
        var given = asked switch
        {
            [] => "",
            [var only] => $" {(draft.Output.Type == "entities" ? "out of" : "given")} {only}",
            _ => $" given {string.Join(", ", asked.SkipLast(1))} and {asked[^1]}",
        };
        return $"{(done.Length + given.Length <= 110 ? done + given : done)}.";
    }

    private static void Field(YamlPage page, int indent, DraftField field, Draft draft)
    {
        if (field.Labels.Count == 0 && field.Fields.Count == 0)
        {
            page.Line(indent, $"{field.Name}: {Type(field)}");
            return;
        }

        page.Line(indent, $"{field.Name}:");
        page.Line(indent + 2, $"type: {Type(field)}");
        if (field.CopiedFrom is not null)
            page.Line(indent + 2, $"of: {field.CopiedFrom}");
        if (field.Fields.Count > 0)
            page.Line(indent + 2, "fields:");
        foreach (var inner in field.Fields)
            Field(page, indent + 4, inner, draft);
        if (field.Labels.Count == 0)
            return;
        Remarks(page, indent + 2, draft, Place.Labels).Line(indent + 2, "labels: # Behind each, how often it stands in the file.");
        // Where one has a surface form all have, even the same as the key.
        var haveSurfaces = field.Labels.Any(label => label.Key != label.Surface);
        foreach (var label in field.Labels)
            page.Line(indent + 4, $"{YamlWord.Of(label.Key)}: {(haveSurfaces ? YamlWord.Of(label.Surface) : "{}")} # {Count(label.Count)}");
    }

    private static string Type(DraftField field) => field.IsOptional ? $"\"{field.Written}\"" : field.Written;

    private static void Source(YamlPage page, Draft draft, DraftSource source)
    {
        var isLeft = draft.HasParts && source.File.Part == SplitName.Train && !HasAllParts(draft);
        var lines = new List<(string Key, string Value)> { ("path", YamlWord.Of(source.File.Path)) };
        if (source.Source is Csv { Delimiter: { } delimiter })
            lines.Add(("delimiter", $"\"{delimiter}\""));
        if (source.Source is Tsv { Quotes: true })
            lines.Add(("quotes", "true"));
        if (source.Source is Conll { Join: not null })
            lines.Add(("join", "\"\""));
        if (draft.TestKeys is { } keys)
            lines.Add(("test_keys", YamlWord.Of(keys.Path)));
        if (draft.Records.Shape is { } shape)
            lines.Add(("shape", Words(shape)));
        var renamed = Renamed(draft).ToList();
        if (renamed.Count > 0)
            lines.Add(("columns", $"{{{string.Join(", ", renamed.Select(r => $"{r.Field}: {YamlWord.Of(r.Column)}"))}}}"));
        var isGrouped = draft.Guess.Group is not null && (!draft.HasParts || isLeft);
        if (isGrouped)
            lines.Add(("group", YamlWord.Of(draft.Guess.Group!.Name)));
        if (draft.HasParts && !isLeft)
            lines.Add(("split", source.File.Part.ToString()!.ToLowerInvariant()));
        var ignored = Ignored(draft, isGrouped).Where(name => IsThere(draft, source, name)).ToList();
        // Where the name does not say the format, a word does.
        var word = IsNamed(source) ? null : Words(source.Source);
        var (first, indent) = (word is null ? "- " : $"- {word}:", word is null ? 4 : 6);
        if (word is not null)
            page.Line(2, first);
        foreach (var ((key, value), i) in lines.Select((line, i) => (line, i)))
            page.Line(word is null && i == 0 ? 2 : indent, $"{(word is null && i == 0 ? first : "")}{key}: {value}");
        if (ignored.Count > 0)
            page.List(indent, "ignore", ignored);
    }

    private static bool IsNamed(DraftSource source) =>
        GivenFile.IsData(source.File.Path) && FileSource.Of(source.File.Path).GetType() == source.Source.GetType();

    private static IEnumerable<(string Field, string Column)> Renamed(Draft draft)
    {
        if (draft.Records.Shape is { } shape)
            return draft.Inputs.Where(field => field.Column.Name != shape.Prompt).Select(field => (field.Name, field.Column.Name));
        return draft.Inputs.Append(draft.Output).Where(f => f.Name != f.Column.Name).Select(f => (f.Name, f.Column.Name));
    }

    // What another part has is no column of this one. What stands inside of a layout is not told apart by file.
    private static bool IsThere(Draft draft, DraftSource source, string name) =>
        name.Length == 0 || draft.Records.Ignored.Contains(name) || draft.Profile.Has(source.File, name);

    // Of a layout its own parts are passed over by themselves.
    private static IEnumerable<string> Ignored(Draft draft, bool isGrouped)
    {
        var columns = draft.Guess.Ignored.Select(column => column.Name);
        if (draft.Records.Shape is not null)
            return columns
                .Where(name => name is not ("system" or "user" or "dialogue" or "instruction" or "input" or "prompt"))
                .Concat(draft.Records.Ignored);
        var nameless = draft.Sources[0].Source.Ignore.Contains("") && !columns.Contains("") ? [""] : Array.Empty<string>();
        return (isGrouped || draft.Guess.Group is null ? columns : columns.Append(draft.Guess.Group.Name)).Concat(nameless);
    }

    private static void Split(YamlPage page, Draft draft)
    {
        var parts = draft.Sources.Select(source => source.File.Part).ToList();
        if (draft.HasParts && HasAllParts(draft))
            return;
        var shares =
            draft.TestKeys is not null ? "validation: 0.1, test: 0"
            : !draft.HasParts ? "validation: 0.1, test: 0.2"
            : parts.Contains(SplitName.Test) ? "validation: 0.1, test: 0"
            : "validation: 0, test: 0.2";
        page.Line(
            0,
            draft.Guess.Group is not null ? $"split: {{grouped: {{{shares}}}}}"
                : draft.Output.Type == "label" && draft.Output.Labels.Min(label => label.Count) < FewOfClass
                    ? $"split: {{stratified: {{by: {draft.Output.Name}, {shares}}}}}"
                : $"split: {{{shares}}}"
        );
    }

    private static bool HasAllParts(Draft draft) =>
        draft.Sources.Any(s => s.File.Part == SplitName.Validation) && draft.Sources.Any(s => s.File.Part == SplitName.Test);

    private static string Metrics(Draft draft) =>
        draft.Output.Type switch
        {
            "label" => "accuracy, macro_f1",
            "labels" => "micro_f1, macro_f1, exact_match",
            "entities" => "micro_f1, exact_match",
            "int" or "bool" => "accuracy",
            "text" or "string" => draft.Output.Column.Tokens.Quantile(0.5) <= 8 ? "exact_match, chrf" : "rouge_l, chrf",
            "list<text>" or "list<string>" or "list<int>" or "list<float>" or "list<bool>" => "micro_f1, exact_match",
            "float" => "exact_match",
            _ => "field_accuracy, exact_match",
        };

    private static string Words(object word) => TaskDsl.Vocabulary.Words.WordOf(word.GetType());

    private static string Words(string name) => name.Replace('_', ' ');

    private static string Column(string name) => $"column '{name}'";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
