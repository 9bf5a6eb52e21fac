namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// Damaged bytes make a library fail in whatever way the damage leads it: out of range, out of memory, a key that is not there. Here every
/// such failure becomes what it means.
/// </summary>
internal static class Damage
{
    public static T Named<T>(string format, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException))
        {
            throw Damaged(format, e);
        }
    }

    public static async Task<T> NamedAsync<T>(string format, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException) || e is EndOfStreamException)
        {
            throw Damaged(format, e);
        }
    }

    private static IOException Damaged(string format, Exception e) =>
        new(
            $"the {format} data is damaged, cut off, or written in a way that is not supported "
                + $"({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); copy or write the file again.",
            e
        );
}
