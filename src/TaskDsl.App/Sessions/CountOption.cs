using System.CommandLine;
using System.Globalization;

namespace TaskDsl.App.Sessions;

/// <summary>An option whose value is a whole number from 1 up; null where it is not given.</summary>
internal sealed class CountOption : Option<int?>
{
    public CountOption(string name)
        : base(name) =>
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
                return count;
            result.AddError($"{name}: '{text}' where a whole number from 1 up is expected.");
            return null;
        };
}
