// What Home Assistant's frontend loads of this integration: each part registers itself.
import "./alerts/register.js";
import "./dashboard/register.js";
import "./plotter/register.js";
