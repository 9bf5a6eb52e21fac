using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Reports;

/// <summary>Reads the training of one model from its folder.</summary>
internal static class RunParts
{
    public static RunPart Read(RunFolder folder, string title)
    {
        var record = RunRecord.Read(folder);
        var steps = folder.Numbers.Select(Line).OfType<JsonObject>().ToList();
        return new RunPart(
            title,
            Facts(record),
            Charts(steps),
            [.. (record.Data ?? new Dictionary<string, RecordedData>()).Select(d => DataRow.Of(d.Key, d.Value))],
            [.. Warnings(record, steps)]
        );
    }

    private static List<Fact> Facts(RunRecord record)
    {
        var facts = new List<Fact>();
        if (record.Started is { } started)
        {
            var lasted = record.Finished is { } finished ? $", took {Lasted(finished - started)}" : "";
            Add("started", string.Create(CultureInfo.InvariantCulture, $"{started.ToUniversalTime():yyyy-MM-dd HH:mm} UTC{lasted}"));
        }

        Add("steps", Of(Number(record.Step), Number(record.Batches?.Steps)));
        Add("tokens trained on", Number(record.Tokens));
        Add("weights trained", Of(Number(record.TrainedParameters), Number(record.Model?.Parameters)));
        if (record.BestValidationLoss is { } best)
            Add("lowest validation loss", string.Create(CultureInfo.InvariantCulture, $"{best:0.000} at step {Number(record.BestStep)}"));
        if (record.Batches?.Fill is { } fill)
            Add("rows filled", string.Create(CultureInfo.InvariantCulture, $"{fill:0.0 %}"));
        if (record.Resumed > 0)
            Add("resumed", $"{Number(record.Resumed)} times");
        Add("corpus", record.Corpus ?? "");
        if (record.Machine is { } machine)
            Add(
                "device",
                $"{machine.Device}{(machine.Tf32 is { } tf32 ? $", TF32 {(tf32 ? "on" : "off")}" : "")}, {Number(machine.Cores)} cores, "
                    + $"{machine.System}"
            );
        if (record.Versions is { } versions)
            Add("versions", $"TaskDsl {versions.TaskDsl}, TorchSharp {versions.TorchSharp}, {versions.DotNet}");
        return facts;

        void Add(string name, string value)
        {
            if (value.Length > 0)
                facts.Add(new Fact(name, value));
        }

        static string Lasted(TimeSpan time) =>
            time.ToString(time.TotalDays >= 1 ? @"d\ \d\ hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

        static string Of(string some, string all) => some.Length == 0 || some == all ? all : $"{some} of {all}";
    }

    /// <summary>What the run wrote down, and what its numbers say.</summary>
    private static IEnumerable<string> Warnings(RunRecord record, List<JsonObject> steps)
    {
        foreach (var warning in record.Warnings ?? [])
            yield return warning;
        if (record is { Status: RunStatus.Interrupted or RunStatus.Diverged, Message: { Length: > 0 } message })
            yield return message;
        foreach (var warning in Lengths("training", record.Batches).Concat(Lengths("validation", record.Validation)))
            yield return warning;
        if (steps.FindLast(s => s["skipped_steps"] is not null)?["skipped_steps"] is { } skipped && (double)skipped > 0)
            yield return $"{Number((long)skipped)} steps were skipped because their float16 gradients were not finite; "
                + "the loss scale was halved each time.";
    }

    /// <summary>What became of sequences that do not fit as they are.</summary>
    private static IEnumerable<string> Lengths(string part, BatchReport? batches)
    {
        if (batches is null)
            yield break;
        var samples = string.Concat(batches.OverlongSamples.Select(s => "\n  " + s));
        if (batches.Dropped > 0)
            yield return $"{Number(batches.Dropped)} sequences were left out of {part} because they are longer than batch.sequence_length "
                + $"({Number(batches.Capacity)} tokens):{samples}";
        if (batches.Shortened > 0)
            yield return $"{Number(batches.Shortened)} sequences of {part} had their inputs shortened to fit into batch.sequence_length "
                + $"({Number(batches.Capacity)} tokens); no answer was cut:{samples}";
        if (batches.Untagged > 0)
            yield return $"{Number(batches.Untagged)} entities of {part} are not learned: another entity has their words, or they do not "
                + "stand in the text.";
        if (batches.Widened > 0)
            yield return $"{Number(batches.Widened)} entities of {part} stand only inside longer words, which are learned in "
                + "their place.";
    }

    private static Chart[] Charts(List<JsonObject> steps)
    {
        if (steps.Count == 0)
            return [];
        var loss = Series("training", "loss");
        var validation = Series("validation", "validation_loss");
        return
        [
            Draw("Loss", loss, validation),
            Draw("Learning rate", Series("learning rate", "learning_rate")),
            Draw("Tokens per second", Series("tokens/s", "tokens_per_second")),
            Draw("Gradient norm, before clipping", Series("norm", "gradient_norm")),
            .. Measured().Select(key => Draw(Title(key), Series("validation", key))),
        ];

        // What objectives and criteria say of the validation part besides the loss.
        IEnumerable<string> Measured() =>
            steps
                .SelectMany(s => s)
                .Select(p => p.Key)
                .Where(k => k.StartsWith("validation_", StringComparison.Ordinal) && k != "validation_loss")
                .Distinct();

        static string Title(string key) => $"Validation: {key["validation_".Length..].Replace('_', ' ')}";

        Series Series(string name, string key) =>
            new(
                name,
                [
                    .. steps
                        .Where(s => s[key] is not null && s["step"] is not null)
                        .Select(s => ((double)s["step"]!, AsNumber(s[key]) ?? double.NaN)),
                ]
            );

        static Chart Draw(string title, params IReadOnlyList<Series> lines)
        {
            var some = lines.Where(l => l.Points.Count > 0).ToList();
            return new Chart(
                title,
                [.. some.Select(l => $"{l.Name}, {LineChart.Short(l.Points[^1].Y)} at the end")],
                LineChart.Draw(title, [.. some])
            );
        }
    }

    private static JsonObject? Line(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // The line that a kill cut short.
        }
    }

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private static double? AsNumber(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            JsonValueKind.Number => node.GetValue<JsonElement>().GetDouble(),
            JsonValueKind.String => double.NaN, // "NaN", "Infinity"
            _ => null,
        };
}
