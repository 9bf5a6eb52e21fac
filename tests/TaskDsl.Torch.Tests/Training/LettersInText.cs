using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Data;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>A hundred texts of letters and a number.</summary>
internal sealed record LettersInText : FileSource
{
    public static byte[] Json(string text, string letters) =>
        JsonSerializer.SerializeToUtf8Bytes(new { text, letter = new[] { new { kind = "who", text = letters } } });

    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        for (var i = 0; i < 100; i++)
        {
            var letters = new string([(char)('A' + i % 5), (char)('A' + i / 5 % 26), (char)('A' + i * 7 % 26)]);
            yield return new SourceRecord(Json($"{letters} {i * 37 % 100}", letters), i + 1);
        }
    }
}
