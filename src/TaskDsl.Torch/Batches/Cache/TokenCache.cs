using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches.Cache;

/// <summary>
/// A folder of tokenised sets, each named by a hash of everything that shaped it. A set whose file is not there, or is not whole, is made
/// and written: beside, then renamed, so that two processes do not disturb each other and a kill leaves nothing half-written in its place.
/// The folder may be deleted at any time.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="notice">Is told when a file was damaged and is made anew.</param>
public sealed class TokenCache(string folder, Action<string>? notice = null)
{
    /// <summary>What the folder holds at most, except for what was used in the last day.</summary>
    private const long MostBytes = 10L << 30;

    /// <summary>The set of a key.</summary>
    /// <param name="ingredients">Everything that shaped it.</param>
    /// <param name="isRight">Looks at a set that was there.</param>
    /// <param name="make">Makes it.</param>
    internal TokenFile Open(IEnumerable<string> ingredients, Func<TokenFile, bool> isRight, Func<IEnumerable<TokenBlock>> make)
    {
        var key = Key(ingredients);
        var path = Path.Combine(folder, Convert.ToHexStringLower(key)[..32] + ".tokens");
        return Known(path, key, isRight) ?? Made(path, key, make);
    }

    private TokenFile? Known(string path, byte[] key, Func<TokenFile, bool> isRight)
    {
        try
        {
            var file = TokenFile.Open(path, key);
            if (isRight(file))
            {
                MarkUsed(path);
                return file;
            }

            file.Dispose();
            notice?.Invoke($"{path}: the tokens are not those that the examples have today, and are made anew.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It is made for the first time.
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            notice?.Invoke($"{path}: {e.Message} The tokens are made anew.");
        }

        return null;
    }

    private static void MarkUsed(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's file, or a read-only folder: its tokens serve all the same.
        }
    }

    private TokenFile Made(string path, byte[] key, Func<IEnumerable<TokenBlock>> make)
    {
        var beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Guid.NewGuid():n}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            var file = TokenFile.Write(beside, key, make());
            File.Move(beside, path, overwrite: true);
            DeleteOld();
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new DataException(
                $"{folder}: the tokens cannot be written there: {e.Message} Make room (the folder may be deleted at any time), or "
                    + "give another runs folder.",
                e
            );
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Deletes what was not used for longest, until the folder is small enough; and what killed processes have left.</summary>
    private void DeleteOld()
    {
        var yesterday = DateTime.UtcNow.AddDays(-1);
        var all = 0L;
        // What others have renamed or deleted since the folder was listed is none of ours.
        foreach (var file in new DirectoryInfo(folder).GetFiles().Where(f => f.Exists).OrderByDescending(f => f.LastWriteTimeUtc))
        {
            all += file.Length;
            if (file.LastWriteTimeUtc >= yesterday || (all <= MostBytes && file.Extension == ".tokens"))
                continue;
            try
            {
                file.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's file is theirs to delete.
            }
        }
    }

    private static byte[] Key(IEnumerable<string> ingredients)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var ingredient in ingredients)
        {
            var bytes = Encoding.UTF8.GetBytes(ingredient);
            hash.AppendData(BitConverter.GetBytes(bytes.Length)); // So that "a" "bc" is not "ab" "c".
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
