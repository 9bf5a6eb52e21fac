using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskDsl.Gpu.Steps;

/// <summary>All results as a page for a reader, and as one object beside them.</summary>
/// <param name="path">The results, one JSON object a line.</param>
internal sealed class Summary(string path)
{
    private readonly List<JsonObject> results = [.. File.ReadLines(path).Where(l => l.Length > 0).Select(Read)];

    /// <summary>Prints it.</summary>
    /// <returns>0 where everything ran and is within its bounds, 1 otherwise.</returns>
    public int Print()
    {
        var bad = results.Where(r => Text(r, "status") is not ("ok" or "skipped")).ToArray();
        // A process that ended with 1 because something was far says nothing that its findings do not say.
        bad = [.. bad.Where(r => r["rc"] is null || Number(r, "rc") != 1 || !bad.Any(b => b["rc"] is null && IsOf(b, r)))];
        JsonArray of(params string[] statuses) => [.. bad.Where(r => statuses.Contains(Text(r, "status"))).Select(r => (JsonNode)Named(r))];
        var speeds = new JsonArray([.. results.Where(r => r["median_ms"] is not null && !IsReference(r)).Select(r => (JsonNode)Speed(r))]);
        var summary = new JsonObject
        {
            ["card"] = results.Select(r => Text(r, "card")).FirstOrDefault(c => c.Length > 0)
                ?? Text(results.FirstOrDefault() ?? [], "device"),
            ["findings"] = results.Count(r => r["rc"] is null && (Text(r, "status") is "ok" or "far")),
            ["failed"] = of("error"),
            ["far"] = of("far"),
            ["not_started"] = of("not started"),
            ["skipped"] = new JsonArray([.. results.Where(r => Text(r, "status") == "skipped").Select(r => (JsonNode)Named(r))]),
            ["speeds"] = speeds,
            ["seconds"] = new JsonObject(
                results.Where(r => r["rc"] is not null).Select(r => KeyValuePair.Create(Named(r), r["seconds"]?.DeepClone()))
            ),
        };
        File.WriteAllText(
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "summary.json"),
            summary.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
        );

        Console.WriteLine($"{summary["card"]}: {summary["findings"]} findings, {bad.Length} not as they should be");
        foreach (var r in results.Where(r => Text(r, "case") is "product" or "copy" && !IsReference(r)))
            Console.WriteLine(
                r["tflops"] is not null
                    ? $"  products in {Text(r, "precision")} reach {Number(r, "tflops"):F1} TFLOP/s"
                    : $"  copies reach {Number(r, "gb_per_second"):F0} GB/s"
            );
        if (speeds.Count > 0)
            Console.WriteLine(
                $"\n{"", -34}{"ms", 10}{"tokens/s", 12}{"GB", 8}{"of products", 13}{"transformers", 14}{"times as fast", 15}"
            );
        foreach (var speed in speeds.OfType<JsonObject>())
            Console.WriteLine(
                $"{Text(speed, "what"), -34}{Cell(speed, "median_ms", "F1"), 10}{Cell(speed, "tokens_per_second", "F0"), 12}"
                    + $"{Cell(speed, "peak_gb", "F1"), 8}{Cell(speed, "share_of_products", "P0"), 13}"
                    + $"{Cell(speed, "reference_ms", "F1"), 14}{Cell(speed, "times_as_fast", "F2"), 15}"
            );
        foreach (var r in results.Where(r => Text(r, "step") == "decoding" && r["tokens_per_second"] is not null))
        {
            var what = $"decoding, {Text(r, "case")} {Text(r, "precision")}";
            Console.WriteLine($"{what, -34}{Number(r, "ms_per_token"), 10:F1}{Number(r, "tokens_per_second"), 12:F0}");
        }

        foreach (var r in results.Where(r => Text(r, "status") == "skipped"))
            Console.WriteLine($"skipped: {Named(r)}: {Text(r, "message")}");
        foreach (var r in bad)
            Console.WriteLine($"{Text(r, "status").ToUpperInvariant()}: {Named(r)}: {Why(r)}");
        return bad.Length == 0 ? 0 : 1;
    }

    /// <summary>A step's time beside the device's own rate and the reference's.</summary>
    private JsonObject Speed(JsonObject r)
    {
        var rate = results.Find(o => Text(o, "case") == "product" && Text(o, "precision") == Text(r, "precision") && !IsReference(o));
        var reference = results.Find(o =>
            IsReference(o) && Text(o, "case") == Text(r, "step") && Text(o, "precision") == Text(r, "precision")
        );
        var speed = new JsonObject
        {
            ["what"] = Named(r),
            ["median_ms"] = Number(r, "median_ms"),
            ["tokens_per_second"] = Number(r, "tokens_per_second"),
        };
        speed["peak_gb"] = Math.Round(Number(r, "peak_bytes") / 1e9, 2);
        if (rate is not null)
            speed["share_of_products"] = Math.Round(Number(r, "tflops") / Number(rate, "tflops"), 3);
        if (reference?["median_ms"] is not null)
        {
            speed["reference_ms"] = Number(reference, "median_ms");
            speed["times_as_fast"] = Math.Round(Number(reference, "median_ms") / Number(r, "median_ms"), 3);
        }

        return speed;
    }

    private static string Why(JsonObject r) =>
        (Text(r, "message"), Text(r, "stderr"), r["rc"]) switch
        {
            ({ Length: > 0 } message, _, _) => message,
            (_, var errors, not null) => $"ended with {Number(r, "rc"):F0}{(errors.Length > 0 ? ":\n" + errors : "")}",
            _ => "",
        };

    private static string Named(JsonObject r) =>
        string.Join(' ', new[] { Text(r, "step"), Text(r, "precision"), Text(r, "case") }.Where(part => part.Length > 0));

    private static bool IsReference(JsonObject r) => Text(r, "step") == "reference";

    private static bool IsOf(JsonObject finding, JsonObject process) =>
        Text(finding, "step") == Text(process, "step") && Text(finding, "precision") == Text(process, "precision");

    private static string Cell(JsonObject r, string name, string format) =>
        r[name] is null ? "" : Number(r, name).ToString(format, CultureInfo.InvariantCulture);

    private static double Number(JsonObject r, string name) =>
        r[name]?.GetValueKind() == JsonValueKind.Number ? r[name]!.GetValue<double>() : double.NaN;

    private static string Text(JsonObject r, string name) =>
        r[name] is { } value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    /// <summary>A line that a dying process left half written is a failure, and not the end of the summary.</summary>
    private static JsonObject Read(string line)
    {
        try
        {
            return JsonNode.Parse(line)!.AsObject();
        }
        catch (JsonException)
        {
            return new JsonObject
            {
                ["step"] = "results",
                ["status"] = "error",
                ["message"] = $"no JSON: {line}",
            };
        }
    }
}
