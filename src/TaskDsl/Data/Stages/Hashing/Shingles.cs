using System.Buffers;
using System.Text;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Unicode;

namespace TaskDsl.Data.Stages.Hashing;

/// <summary>
/// The shingles of texts (Broder 1997): all runs of so many words, as 64-bit hashes. A word is a run of letters, marks and digits without
/// regard to case; in a script without spaces each character is one. A text with fewer words is one shingle.
/// </summary>
public sealed class Shingles(int words)
{
    private readonly ArrayBufferWriter<byte> json = new();
    private readonly List<ulong> word = [];
    private readonly List<ulong> found = [];

    /// <summary>Forgets all.</summary>
    public void Clear() => found.Clear();

    /// <summary>Adds all the texts of an input.</summary>
    public void AddInput(DslTask task, Example example)
    {
        json.ResetWrittenCount();
        task.WriteInput(json, example.InputValue);
        var reader = new Utf8JsonReader(json.WrittenSpan);
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.String)
                Add(reader.GetString());
    }

    /// <summary>Adds a text's.</summary>
    public void Add(string? text)
    {
        word.Clear();
        ulong hash = 0;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            var isPart =
                Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune)
                    is System.Globalization.UnicodeCategory.NonSpacingMark
                        or System.Globalization.UnicodeCategory.SpacingCombiningMark;
            if (hash != 0 && (!isPart || TextWords.HasNoSpaces(rune)))
            {
                word.Add(hash);
                hash = 0;
            }

            if (!isPart)
                continue;
            hash = Mix(hash + (ulong)Rune.ToLowerInvariant(rune).Value + 1);
            if (!TextWords.HasNoSpaces(rune))
                continue;
            word.Add(hash);
            hash = 0;
        }

        if (hash != 0)
            word.Add(hash);
        for (var i = 0; i + words <= Math.Max(word.Count, words) && word.Count > 0; i++)
        {
            ulong shingle = 0;
            for (var j = i; j < Math.Min(i + words, word.Count); j++)
                shingle = Mix(shingle + word[j]);
            found.Add(shingle);
        }
    }

    /// <summary>Each shingle once, in ascending order.</summary>
    public ulong[] ToSet()
    {
        found.Sort();
        var distinct = 0;
        for (var i = 0; i < found.Count; i++)
            if (i == 0 || found[i] != found[distinct - 1])
                found[distinct++] = found[i];
        found.RemoveRange(distinct, found.Count - distinct);
        return [.. found];
    }

    /// <summary>How alike two sets are: shared shingles of all shingles.</summary>
    public static double Jaccard(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        int shared = 0,
            i = 0,
            j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j])
                (shared, i, j) = (shared + 1, i + 1, j + 1);
            else if (a[i] < b[j])
                i++;
            else
                j++;
        }

        return shared / (double)Math.Max(1, a.Length + b.Length - shared);
    }

    /// <summary>A one-to-one scrambling of 64 bits (SplitMix64, Steele et al. 2014).</summary>
    public static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
