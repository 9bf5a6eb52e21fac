using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TaskDsl.HuggingFace.Tokenizers;

// Compares this project's tokenizers with what reference.mjs wrote of the official ones: args = the folder that check.sh made.
var failed = 0;
foreach (var folder in Directory.GetDirectories(Path.Combine(args[0], "tokenizers")).Order(StringComparer.Ordinal))
{
    var name = Path.GetFileName(folder);
    var expectedFile = Path.Combine(folder, "expected.jsonl");
    if (!File.Exists(expectedFile))
        continue;
    Tokenizer tokenizer;
    var watch = Stopwatch.StartNew();
    try
    {
        tokenizer = Tokenizer.Load(folder);
    }
    catch (TaskDsl.HuggingFace.ModelException e)
    {
        Console.WriteLine($"{name, -34} REFUSED {e.Message}");
        failed++;
        continue;
    }

    var load = watch.ElapsedMilliseconds;
    var (texts, tokens, wrong) = (0, 0L, 0);
    var encoding = new Stopwatch();
    foreach (var line in File.ReadLines(expectedFile))
    {
        using var json = JsonDocument.Parse(line);
        var text = json.RootElement.GetProperty("text").GetString()!;
        string? pair = json.RootElement.TryGetProperty("pair", out var second) ? second.GetString() : null;
        int[] expected = Numbers(json.RootElement, "ids");
        encoding.Start();
        var got = tokenizer.EncodeText(text, pair);
        encoding.Stop();
        texts++;
        tokens += expected.Length;
        Check("ids", string.Join(' ', expected), string.Join(' ', got.Ids));
        Check("types", string.Join(' ', Numbers(json.RootElement, "types")), string.Join(' ', got.TypeIds));
        if (json.RootElement.TryGetProperty("decoded", out var decoded))
            Check("decoded", decoded.GetString()!, tokenizer.Decode(expected, special: true));
        if (json.RootElement.TryGetProperty("plain", out var plain))
            Check("plain", plain.GetString()!, tokenizer.Decode(expected));

        void Check(string what, string reference, string ours)
        {
            if (reference == ours)
                return;
            if (++wrong <= 3)
                Console.WriteLine($"  {name} {what} of {Escape(text)}\n    reference {Escape(reference)}\n    ours      {Escape(ours)}");
        }
    }

    if (wrong > 0)
        failed++;
    Console.WriteLine(
        $"{name, -34} {texts, 7:N0} texts {tokens, 10:N0} tokens {wrong, 6} differences   load {load, 5} ms, "
            + $"{tokens / Math.Max(encoding.Elapsed.TotalSeconds, 1e-9) / 1e6:0.0} M tokens/s"
    );
}

return failed;

static int[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];

static string Escape(string text)
{
    var result = new StringBuilder();
    foreach (var c in text.Length > 300 ? text[..300] + "…" : text)
        result.Append(c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}");
    return result.ToString();
}
