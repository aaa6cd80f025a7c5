// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Layers;

/// <summary>Gathers the layers of an image that are not read, to tell of them once.</summary>
internal sealed class UnreadLayers
{
    private readonly SortedDictionary<int, (Layer Layer, string Reason)> _reasons = [];

    /// <summary>Takes note of a layer. The empty blob that the specification has for artifacts without content is no loss.</summary>
    public void Add(Layer layer, string reason)
    {
        if (layer.Descriptor.MediaType == MediaTypes.OciEmpty)
        {
            return;
        }

        lock (_reasons)
        {
            _reasons[layer.Index] = (layer, reason);
        }
    }

    /// <summary>Warns of them, if there are any.</summary>
    public void Warn(IOperationLog log, string what)
    {
        lock (_reasons)
        {
            if (_reasons.Count > 0)
            {
                log.Warning(string.Join(
                    " ",
                    _reasons.Values.Select(unread => $"{unread.Layer.NameInImage} is {what}: {unread.Reason}.")));
                _reasons.Clear();
            }
        }
    }
}
