using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Safetensors;

namespace TaskDsl.Torch.Training;

/// <summary>A run's numbers, step by step: <c>metrics.jsonl</c> for programs, an event file for TensorBoard.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly JsonSerializerOptions Line = new(RunFolder.Json) { WriteIndented = false };
    private readonly FileStream lines;
    private readonly EventFile events;

    /// <summary>Opens the log to go on behind a step; what it says of later ones (from before an interruption) is cut off.</summary>
    public RunLog(RunFolder folder, int step)
    {
        var path = folder.Metrics;
        if (File.Exists(path)) AtomicFile.WriteText(path, string.Concat(File.ReadLines(path).Where(line => StepOf(line) is { } s && s <= step).Select(line => line + "\n")));
        lines = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        events = new EventFile(folder.Path, step);
    }

    public void Write(int step, params ReadOnlySpan<(string Name, double Value)> numbers)
    {
        var json = new JsonObject { ["step"] = step };
        foreach (var (name, value) in numbers) json[name] = JsonSerializer.SerializeToNode(value, Line);
        lines.Write(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString(Line) + "\n"));
        lines.Flush();
        events.Write(step, numbers);
        events.Flush();
    }

    public void Dispose()
    {
        lines.Dispose();
        events.Dispose();
    }

    private static int? StepOf(string line)
    {
        try
        {
            return (int?)JsonNode.Parse(line)?["step"];
        }
        catch (JsonException)
        {
            return null; // The line that a kill cut short.
        }
    }
}
