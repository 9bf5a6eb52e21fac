using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using TaskDsl.Vocabulary;

namespace TaskDsl.Clients.Asking;

/// <summary>
/// Answers by what was asked of whom. Each process appends to a file of its own, a line an answer, so that several may ask at a time and
/// what a kill tore is one line, which is asked again.
/// </summary>
internal sealed class AnswerCache : IDisposable
{
    private static readonly JsonSerializerOptions OneLine = new(DefinitionJson.Options)
    {
        WriteIndented = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly string asked;
    private readonly string? folder;
    private readonly Dictionary<string, ChatAnswer> known = new(StringComparer.Ordinal);
    private FileStream? file;

    /// <summary>Reads what is known.</summary>
    /// <param name="client">Who is asked.</param>
    /// <param name="cache">The folder of all answers; null where none are kept.</param>
    public AnswerCache(Client client, string? cache)
    {
        asked = DefinitionJson.Write(client, property => !Attribute.IsDefined(property, typeof(DoesNotShapeAttribute)))!.ToJsonString();
        Fingerprint = Hash(asked)[..16];
        folder = cache is null ? null : Path.Combine(cache, Fingerprint);
        if (folder is null || !Directory.Exists(folder))
            return;
        foreach (var line in Directory.GetFiles(folder, "*.jsonl").SelectMany(File.ReadLines))
            if (Read(line) is { } earlier)
                known[earlier.Key] = earlier.Answer;
    }

    /// <summary>A hash of all of the client that shapes its answers.</summary>
    public string Fingerprint { get; }

    /// <summary>What a question is found by.</summary>
    public string KeyOf(ChatQuestion question) => Hash(asked + JsonSerializer.Serialize(question, OneLine));

    /// <summary>The answer that is known; null where none is.</summary>
    public ChatAnswer? Find(string key) => known.GetValueOrDefault(key);

    /// <summary>Keeps an answer: it is in the system's hands when this returns.</summary>
    public void Add(AskedQuestion answered)
    {
        known[answered.Key] = answered.Answer;
        if (folder is null)
            return;
        if (file is null)
        {
            Directory.CreateDirectory(folder);
            // Files of one process after the other sort by time.
            file = new FileStream(Path.Combine(folder, $"{Guid.CreateVersion7():n}.jsonl"), FileMode.CreateNew, FileAccess.Write);
        }

        file.Write(Line(answered));
        file.Flush();
    }

    /// <summary>A question with its answer as a line.</summary>
    public static byte[] Line(AskedQuestion answered) => [.. JsonSerializer.SerializeToUtf8Bytes(answered, OneLine), (byte)'\n'];

    /// <inheritdoc/>
    public void Dispose()
    {
        file?.Flush(flushToDisk: true);
        file?.Dispose();
    }

    private static AskedQuestion? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AskedQuestion>(line, OneLine);
        }
        catch (JsonException)
        {
            return null; // A kill has torn it.
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
