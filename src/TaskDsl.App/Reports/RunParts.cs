using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Reports;

/// <summary>Reads the training of one model from its folder.</summary>
internal static class RunParts
{
    public static RunPart Read(RunFolder folder, string title)
    {
        var record = RunFolder.ReadObject(folder.Record);
        var steps = folder.Numbers.Select(Line).OfType<JsonObject>().ToList();
        return new RunPart(
            title,
            Facts(record),
            Charts(steps),
            [.. (record["data"] as JsonObject ?? []).Select(d => DataRow.Of(d.Key, d.Value!.AsObject()))],
            [.. Warnings(record, steps)]
        );
    }

    private static List<Fact> Facts(JsonObject record)
    {
        var facts = new List<Fact>();
        var (batches, machine, model, versions) = (record["batches"], record["machine"], record["model"], record["versions"]);
        if (Time(record["started"]) is { } started)
        {
            var lasted = Time(record["finished"]) is { } finished
                ? string.Create(CultureInfo.InvariantCulture, $", took {Lasted(finished - started)}")
                : "";
            Add("started", string.Create(CultureInfo.InvariantCulture, $"{started:yyyy-MM-dd HH:mm} UTC{lasted}"));
        }

        Add("steps", Of(Number(record["step"]), Number(batches?["steps"])));
        Add("tokens trained on", Number(record["tokens"]));
        Add("weights trained", Of(Number(record["trained_parameters"]), Number(model?["parameters"])));
        if ((double?)AsNumber(record["best_validation_loss"]) is { } best)
            Add(
                "lowest validation loss",
                string.Create(CultureInfo.InvariantCulture, $"{best:0.000} at step {Number(record["best_step"])}")
            );
        if (AsNumber(batches?["fill"]) is { } fill)
            Add("rows filled", string.Create(CultureInfo.InvariantCulture, $"{fill:0.0 %}"));
        if (AsNumber(record["resumed"]) > 0)
            Add("resumed", $"{Number(record["resumed"])} times");
        Add("corpus", RunReport.Text(record["corpus"]));
        Add(
            "device",
            machine is null
                ? ""
                : $"{RunReport.Text(machine["device"])}, {Number(machine["cores"])} cores, {RunReport.Text(machine["system"])}"
        );
        Add(
            "versions",
            versions is null
                ? ""
                : $"TaskDsl {RunReport.Text(versions["taskdsl"])}, TorchSharp {RunReport.Text(versions["torchsharp"])}, {RunReport.Text(versions["dotnet"])}"
        );
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
    private static IEnumerable<string> Warnings(JsonObject record, List<JsonObject> steps)
    {
        foreach (var warning in record["warnings"] as JsonArray ?? [])
            yield return RunReport.Text(warning);
        if (RunReport.Text(record["status"]) is "interrupted" or "diverged" && RunReport.Text(record["message"]) is { Length: > 0 } message)
            yield return message;
        foreach (var (name, batches) in new[] { ("training", record["batches"]), ("validation", record["validation"]) })
        {
            var samples = string.Concat((batches?["overlong_samples"] as JsonArray ?? []).Select(s => "\n  " + RunReport.Text(s)));
            if (AsNumber(batches?["dropped"]) > 0)
                yield return $"{Number(batches!["dropped"])} sequences were left out of {name} because they are longer than batch.sequence_length ({Number(batches["capacity"])} tokens):{samples}";
            if (AsNumber(batches?["shortened"]) > 0)
                yield return $"{Number(batches!["shortened"])} sequences of {name} had their inputs shortened to fit into batch.sequence_length ({Number(batches["capacity"])} tokens); no answer was cut:{samples}";
            if (AsNumber(batches?["untagged"]) > 0)
                yield return $"{Number(batches!["untagged"])} entities of {name} are not learned: another entity has their words, or they do not stand in the text.";
        }

        if (steps.FindLast(s => s["skipped_steps"] is not null)?["skipped_steps"] is { } skipped && AsNumber(skipped) > 0)
            yield return $"{Number(skipped)} steps were skipped because their float16 gradients were not finite; the loss scale was halved each time.";
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

    private static string Number(JsonNode? node) => AsNumber(node) is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "";

    internal static double? AsNumber(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            JsonValueKind.Number => node.GetValue<JsonElement>().GetDouble(),
            JsonValueKind.String => double.NaN, // "NaN", "Infinity"
            _ => null,
        };

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse(RunReport.Text(node), CultureInfo.InvariantCulture, out var time) ? time.ToUniversalTime() : null;
}
